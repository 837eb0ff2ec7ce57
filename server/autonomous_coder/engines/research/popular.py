"""Well-known names per ecosystem: what an unknown name was perhaps meant to be, and what a dubious
one may imitate. Spelled as the registries spell them; being listed says nothing about quality."""

from __future__ import annotations

from functools import cache

_NAMES = {
    "pypi": """
        absl-py aiobotocore aiofiles aiohappyeyeballs aiohttp aioitertools aiosignal aiosqlite
        alembic altair annotated-doc annotated-types ansible anthropic antlr4-python3-runtime
        anyio apscheduler argcomplete argon2-cffi argon2-cffi-bindings ariadne arq arrow asgiref
        asn1crypto asttokens async-lru async-timeout asyncpg attrs authlib aws-sam-translator
        awscli awswrangler azure-common azure-core azure-identity azure-keyvault-secrets
        azure-storage-blob babel backoff backports-tarfile backports-zstd bandit bcrypt beanie
        beartype beautifulsoup4 black bleach blinker boto3 botocore brotli build cachecontrol
        cachetools cattrs cbor2 celery certifi cffi cfgv cfn-lint chardet charset-normalizer
        cleo click click-plugins cloudpickle colorama colorlog comm confluent-kafka contourpy
        coverage crashtest croniter cryptography cwsandbox cycler cyclopts cython dacite dash
        databricks-sdk databricks-sql-connector dataclasses-json datadog datasets dbt-adapters
        dbt-common dbt-core debugpy decorator deepdiff defusedxml deprecated deprecation dill
        discord-py distlib distro django django-allauth django-cors-headers django-filter
        djangorestframework djangorestframework-simplejwt dnspython docker docstring-parser
        docutils dramatiq dulwich durationpy ecdsa editables elasticsearch email-validator
        et-xmlfile exceptiongroup execnet executing fabric factory-boy faker fastapi
        fastjsonschema fastmcp fastuuid filelock findpython flake8 flask flask-cors flask-login
        flask-migrate flask-sqlalchemy flask-wtf flatbuffers fonttools freezegun frozenlist
        fsspec future gcsfs gensim gevent ghapi gitdb gitpython google-ads
        google-analytics-admin google-api-core google-api-python-client google-auth
        google-auth-httplib2 google-auth-oauthlib google-cloud-aiplatform google-cloud-automl
        google-cloud-batch google-cloud-bigquery google-cloud-bigquery-datatransfer
        google-cloud-bigtable google-cloud-compute google-cloud-core
        google-cloud-dataflow-client google-cloud-dataform google-cloud-dataproc-metastore
        google-cloud-dlp google-cloud-kms google-cloud-language google-cloud-logging
        google-cloud-memcache google-cloud-monitoring google-cloud-orchestration-airflow
        google-cloud-os-login google-cloud-pubsub google-cloud-redis
        google-cloud-resource-manager google-cloud-run google-cloud-secret-manager
        google-cloud-speech google-cloud-storage google-cloud-tasks google-cloud-texttospeech
        google-cloud-videointelligence google-cloud-vision google-cloud-workflows google-crc32c
        google-genai google-resumable-media googleapis-common-protos gradio graphene
        graphql-core greenlet griffelib grpc-google-iam-v1 grpcio grpcio-health-checking
        grpcio-status grpcio-tools grpclib gunicorn h11 h2 hatchling hf-xet hpack httpcore
        httplib2 httptools httpx httpx-sse httpx2 huggingface-hub humanize hypercorn hyperframe
        hypothesis identify idna importlib-metadata importlib-resources iniconfig installer
        invoke ipykernel ipython ipython-pygments-lexers iso8601 isodate isort itsdangerous
        jaraco-classes jaraco-context jaraco-functools jedi jeepney jinja2 jiter jmespath joblib
        joserfc json5 jsonpatch jsonpath-ng jsonpointer jsonref jsonschema jsonschema-path
        jsonschema-specifications jupyter jupyter-client jupyter-core jupyter-server jupyterlab
        jupyterlab-pygments kafka-python keras keyring kiwisolver kombu kubernetes langchain
        langchain-core langchain-openai langgraph langsmith lark libcst librt lightgbm
        linkify-it-py litellm litestar llama-cloud-services llama-index llama-parse llvmlite
        loguru lxml lz4 mako markdown markdown-it-py markupsafe marshmallow matplotlib
        matplotlib-inline mccabe mcp mdit-py-plugins mdurl mistune mkdocs mkdocs-material mmh3
        mongoengine more-itertools motor mpmath msal msal-extensions msgpack msgspec msrest
        multidict multiprocess mypy mypy-extensions narwhals nbclient nbconvert nbformat
        nest-asyncio networkx nltk nodeenv notebook nox numba numpy oauthlib onnxruntime openai
        openapi-pydantic opencv-python opencv-python-headless openpyxl opensearch-py
        opentelemetry-api opentelemetry-exporter-otlp opentelemetry-exporter-otlp-proto-common
        opentelemetry-exporter-otlp-proto-grpc opentelemetry-exporter-otlp-proto-http
        opentelemetry-exporter-prometheus opentelemetry-instrumentation
        opentelemetry-instrumentation-asgi opentelemetry-instrumentation-fastapi
        opentelemetry-instrumentation-requests opentelemetry-instrumentation-threading
        opentelemetry-proto opentelemetry-sdk opentelemetry-semantic-conventions
        opentelemetry-util-http orderly-set orjson packaging pandas pandas-stubs pandocfilters
        paramiko parso passlib pathable pathspec pbs-installer peewee pendulum pexpect pika
        pillow pip pkginfo platformdirs playwright plotly pluggy poetry poetry-core
        poetry-plugin-export polars portalocker pre-commit prettytable prometheus-client
        prompt-toolkit propcache proto-plus protobuf psutil psycopg psycopg-binary psycopg2
        psycopg2-binary ptyprocess pure-eval pwdlib py py-key-value-aio py4j pyarrow pyasn1
        pyasn1-modules pycodestyle pycparser pycryptodome pycryptodomex pydantic
        pydantic-ai-slim pydantic-core pydantic-graph pydantic-settings pyee pyflakes pygame
        pygithub pygments pyinstaller pyjwt pylint pymongo pymssql pymupdf pymysql pynacl
        pyopenssl pyparsing pypdf pyperclip pyproject-hooks pyserial pysocks pyspark pytest
        pytest-asyncio pytest-cov pytest-json-ctrf pytest-mock pytest-timeout pytest-xdist
        python-dateutil python-discovery python-docx python-dotenv python-jose
        python-json-logger python-multipart python-slugify python-socketio python-telegram-bot
        pytokens pytz pywin32 pyyaml pyzmq qrcode rapidfuzz ray redis redshift-connector
        referencing regex reportlab requests requests-file requests-oauthlib requests-toolbelt
        responses rfc3339-validator rich rich-rst rich-toolkit rpds-py rq rsa ruamel-yaml
        ruamel-yaml-clib ruff s3fs s3transfer safetensors sanic scikit-learn scipy scramp scrapy
        seaborn secretstorage selenium semver sendgrid sentry-sdk setproctitle setuptools
        setuptools-scm sglang shapely shellingham simplejson six slack-sdk smart-open smmap
        sniffio snowflake-connector-python snowflake-snowpark-python snowflake-sqlalchemy
        sortedcontainers soupsieve spacy sphinx sqlalchemy sqlalchemy-bigquery sqlglot sqlmodel
        sqlparse sse-starlette stack-data starlette statsmodels strawberry-graphql streamlit
        stripe structlog sympy tabulate tenacity tensorflow termcolor text-unidecode textual
        threadpoolctl tiktoken tinycss2 tokenizers toml tomli tomli-w tomlkit toolz torch
        torchvision tornado tortoise-orm tox tqdm traitlets transformers tree-sitter
        tree-sitter-languages triton trove-classifiers tweepy twilio typedload typeguard typer
        types-certifi types-protobuf types-python-dateutil types-pyyaml types-requests
        types-toml typing-extensions typing-inspect typing-inspection tzdata tzlocal uc-micro-py
        ujson uncalled-for uritemplate urllib3 uuid-utils uv uvicorn uvloop vcs-versioning
        virtualenv wagtail watchdog watchfiles wcwidth weaviate-client webencodings
        websocket-client websockets werkzeug wheel whitenoise wrapt wsproto wtforms xgboost xlrd
        xlsxwriter xmltodict xxhash yarl ydb zipp zope-interface zstandard
    """,
    "npm": """
        @angular/core @anthropic-ai/sdk @apollo/client @apollo/server @aws-sdk/client-s3
        @aws-sdk/core @aws-sdk/credential-provider-env @aws-sdk/credential-provider-ini
        @aws-sdk/credential-provider-node @aws-sdk/credential-provider-process
        @aws-sdk/credential-provider-sso @aws-sdk/credential-provider-web-identity
        @aws-sdk/middleware-host-header @aws-sdk/middleware-logger
        @aws-sdk/middleware-recursion-detection @aws-sdk/middleware-user-agent
        @aws-sdk/region-config-resolver @aws-sdk/token-providers @aws-sdk/types
        @aws-sdk/util-endpoints @aws-sdk/util-user-agent-browser @aws-sdk/util-user-agent-node
        @babel/code-frame @babel/compat-data @babel/core @babel/generator
        @babel/helper-annotate-as-pure @babel/helper-compilation-targets
        @babel/helper-create-class-features-plugin @babel/helper-globals
        @babel/helper-member-expression-to-functions @babel/helper-module-imports
        @babel/helper-module-transforms @babel/helper-plugin-utils @babel/helper-replace-supers
        @babel/helper-string-parser @babel/helper-validator-identifier
        @babel/helper-validator-option @babel/helpers @babel/parser
        @babel/plugin-syntax-import-attributes @babel/plugin-syntax-jsx
        @babel/plugin-syntax-typescript @babel/runtime @babel/template @babel/traverse
        @babel/types @bcoe/v8-coverage @biomejs/biome @chakra-ui/react @emotion/react
        @esbuild/linux-x64 @eslint-community/eslint-utils @eslint-community/regexpp @eslint/core
        @eslint/eslintrc @eslint/js @humanwhocodes/module-importer @humanwhocodes/retry
        @img/sharp-libvips-linuxmusl-x64 @img/sharp-linuxmusl-x64 @isaacs/cliui @jest/schemas
        @jest/transform @jest/types @jridgewell/gen-mapping @jridgewell/remapping
        @jridgewell/resolve-uri @jridgewell/sourcemap-codec @jridgewell/trace-mapping
        @modelcontextprotocol/sdk @mui/material @nestjs/common @nestjs/core @nodelib/fs.scandir
        @nodelib/fs.stat @nodelib/fs.walk @opentelemetry/api-logs @opentelemetry/core
        @opentelemetry/resources @opentelemetry/semantic-conventions @pkgjs/parseargs
        @playwright/test @prisma/client @radix-ui/react-primitive @radix-ui/react-slot
        @reduxjs/toolkit @rollup/rollup-linux-x64-gnu @rollup/rollup-linux-x64-musl
        @sinclair/typebox @sinonjs/fake-timers @smithy/is-array-buffer @smithy/property-provider
        @smithy/protocol-http @smithy/types @smithy/util-buffer-from @smithy/util-utf8
        @storybook/react @sveltejs/kit @tailwindcss/oxide-linux-x64-musl @tanstack/react-query
        @tanstack/react-table @testing-library/jest-dom @testing-library/react
        @testing-library/user-event @types/babel__core @types/babel__generator
        @types/babel__template @types/babel__traverse @types/estree @types/express
        @types/express-serve-static-core @types/json-schema @types/node @types/react
        @types/react-dom @types/unist @types/yargs @typescript-eslint/eslint-plugin
        @typescript-eslint/parser @typescript-eslint/project-service
        @typescript-eslint/scope-manager @typescript-eslint/tsconfig-utils
        @typescript-eslint/type-utils @typescript-eslint/types
        @typescript-eslint/typescript-estree @typescript-eslint/utils
        @typescript-eslint/visitor-keys @unrs/resolver-binding-linux-x64-musl accepts acorn
        acorn-jsx acorn-walk agent-base ajv ajv-formats ajv-keywords amqplib ansi-escapes
        ansi-regex ansi-styles antd anymatch apollo-server arg argon2 argparse aria-query
        array-buffer-byte-length array-union astro async asynckit autoprefixer
        available-typed-arrays aws-sdk axios balanced-match base64-js baseline-browser-mapping
        bcrypt bcryptjs better-sqlite3 binary-extensions bl body-parser bootstrap
        brace-expansion braces browserslist buffer buffer-from bullmq bytes call-bind
        call-bind-apply-helpers call-bound callsites camelcase caniuse-lite chai chalk chart.js
        cheerio chokidar chownr ci-info cjs-module-lexer classnames cli-cursor cli-width cliui
        clone clsx color-convert color-name colorette combined-stream commander concat-map
        concurrently content-disposition content-type convert-source-map cookie cookie-signature
        core-js core-util-is cors cosmiconfig cross-spawn css-select css-tree csstype cypress d3
        data-uri-to-buffer date-fns dayjs debug deep-extend deep-is deepmerge
        define-data-property define-lazy-prop define-properties define-property delayed-stream
        depd detect-libc diff doctrine dom-accessibility-api dom-serializer domelementtype
        domhandler domutils dotenv drizzle-orm dunder-proto eastasianwidth echarts ee-first
        electron electron-to-chromium emoji-regex encodeurl end-of-stream enhanced-resolve
        entities error-ex es-abstract es-define-property es-errors es-module-lexer
        es-object-atoms es-set-tostringtag es-to-primitive esbuild escalade escape-html
        escape-string-regexp escodegen eslint eslint-scope eslint-visitor-keys espree esprima
        esquery esrecurse estraverse estree-walker esutils etag eventemitter3 events execa
        expect expo express extend extend-shallow fast-deep-equal fast-glob
        fast-json-stable-stringify fast-levenshtein fast-uri fast-xml-parser fastify fastq fdir
        figures file-entry-cache fill-range finalhandler find-up firebase firebase-admin
        flat-cache flatted follow-redirects for-each foreground-child form-data formik forwarded
        framer-motion fresh fs-extra fs.realpath function-bind function.prototype.name
        functions-have-names gensync get-caller-file get-intrinsic get-proto get-stream
        get-symbol-description get-tsconfig glob glob-parent globals globalthis globby gopd got
        graceful-fs graphql has-bigints has-flag has-property-descriptors has-proto has-symbols
        has-tostringtag hasown helmet hono hosted-git-info htmlparser2 http-errors
        http-proxy-agent https-proxy-agent human-signals husky i18next iconv-lite ieee754 ignore
        immer import-fresh imurmurhash indent-string inflight inherits ini inquirer
        internal-slot ioredis ipaddr.js is-array-buffer is-arrayish is-bigint is-binary-path
        is-boolean-object is-callable is-core-module is-date-object is-docker is-extendable
        is-extglob is-fullwidth-code-point is-generator-function is-glob is-number
        is-number-object is-path-inside is-plain-obj is-plain-object is-regex
        is-shared-array-buffer is-stream is-string is-symbol is-typed-array is-unicode-supported
        is-weakref is-wsl isarray isexe isobject istanbul-lib-coverage istanbul-lib-instrument
        istanbul-lib-source-maps istanbul-reports jackspeak jest jest-diff jest-get-type
        jest-haste-map jest-matcher-utils jest-message-util jest-mock jest-regex-util jest-util
        jest-worker jiti joi jotai js-tokens js-yaml jsdom jsesc json-buffer
        json-parse-even-better-errors json-schema-traverse json-stable-stringify-without-jsonify
        json5 jsonfile jsonwebtoken kafkajs keyv kind-of kleur knex koa ky langchain levn
        lightningcss-linux-x64-musl lilconfig lines-and-columns lint-staged loader-utils
        locate-path lodash lodash.merge log-symbols loose-envify lru-cache lucide-react luxon
        magic-string make-dir math-intrinsics mdn-data media-typer merge-descriptors
        merge-stream merge2 micromatch mime mime-db mime-types mimic-fn mimic-response minimatch
        minimist minipass minizlib mkdirp mobx mocha moment mongoose morgan ms msw multer
        mute-stream mysql2 nanoid natural-compare negotiator next node-addon-api node-fetch
        node-releases nodemailer nodemon nopt normalize-package-data normalize-path npm-run-path
        nuxt object-assign object-inspect object-keys object.assign on-finished on-headers once
        onetime open openai optionator ora oxlint p-limit p-locate p-map p-try
        package-json-from-dist pako parent-module parse-json parse5 parseurl passport
        path-exists path-is-absolute path-key path-parse path-scurry path-to-regexp path-type
        pathe pg picocolors picomatch pify pino pirates pkg-dir playwright pm2 pnpm
        possible-typed-array-names postcss postcss-selector-parser postcss-value-parser preact
        prelude-ls prettier pretty-format prisma process-nextick-args proxy-addr proxy-from-env
        pump punycode puppeteer qs queue-microtask ramda range-parser raw-body react react-dom
        react-hook-form react-i18next react-icons react-is react-native react-query react-redux
        react-router react-router-dom readable-stream readdirp recharts recoil redis redux
        regenerator-runtime regexp.prototype.flags require-directory require-from-string resolve
        resolve-from restore-cursor retry reusify rimraf rollup run-parallel rxjs
        safe-array-concat safe-buffer safe-regex-test safer-buffer sass sax scheduler
        schema-utils semver send sequelize serialize-javascript serve-static set-function-length
        setprototypeof sharp shebang-command shebang-regex side-channel side-channel-list
        side-channel-map side-channel-weakmap signal-exit slash slice-ansi socket.io
        socket.io-client solid-js source-map source-map-js source-map-support sprintf-js sqlite3
        statuses storybook string-width string.prototype.trim string.prototype.trimend
        string.prototype.trimstart string_decoder strip-ansi strip-bom strip-final-newline
        strip-indent strip-json-comments stripe strnum styled-components supertest
        supports-color supports-preserve-symlinks-flag svelte swr tailwindcss tapable tar
        tar-stream telecom-mas-agent terser three tinyglobby tmp to-regex-range toidentifier
        tough-cookie tr46 ts-api-utils ts-node tsconfig-paths tslib tsx type-check type-fest
        type-is typed-array-buffer typed-array-byte-length typed-array-byte-offset
        typed-array-length typeorm typescript unbox-primitive underscore undici undici-types
        universalify unpipe update-browserslist-db uri-js util-deprecate uuid valibot vary vite
        vitest vue webidl-conversions webpack whatwg-mimetype whatwg-url which
        which-boxed-primitive which-typed-array winston word-wrap wrap-ansi wrappy
        write-file-atomic ws xtend y18n yallist yaml yargs yargs-parser yocto-queue yup zod
        zustand
    """,
    "crates": """
        actix actix-web aes aho-corasick anyhow arc-swap argon2 askama assert_cmd async-graphql
        async-std async-trait aws-config aws-sdk-s3 axum axum-core base64 bcrypt bevy bitflags
        bytes cfg-if chrono clap colored comrak config console criterion crossbeam crossterm
        dashmap derive_more diesel dioxus dotenvy egui either env_logger flate2 futures
        futures-util garde getrandom git2 glob handlebars hashbrown headless_chrome hex hmac
        http hyper iced image indexmap indicatif insta itertools js-sys jsonwebtoken juniper
        lapin lazy_static leptos lettre libc log logos lru md-5 memchr minijinja mockall moka
        mongodb nalgebra napi ndarray nix nom notify num num-traits octocrab once_cell openssl
        owo-colors parking_lot pest petgraph polars postgres predicates proc-macro2 proptest
        prost pulldown-cmark pyo3 quickcheck quote rand rand_core ratatui rayon rdkafka redis
        regex reqwest ring rocket rstest rusqlite rust_decimal rustls schemars scraper sea-orm
        secrecy semver serde serde_derive serde_json serde_yaml sha2 smallvec sqlx sqlx-core
        strum syn tantivy tar tauri tempfile tera thirtyfour thiserror time tokio tokio-postgres
        tokio-stream tokio-util toml toml_edit tonic tower tower-http tracing tracing-subscriber
        typed-builder url utoipa uuid validator walkdir warp wasm-bindgen web-sys wgpu winapi
        windows windows-sys winit wiremock yew zeroize zip
    """,
    "go": """
        entgo.io/ent github.com/99designs/gqlgen github.com/BurntSushi/toml
        github.com/DATA-DOG/go-sqlmock github.com/IBM/sarama github.com/a-h/templ
        github.com/alecthomas/kong github.com/aws/aws-sdk-go github.com/aws/aws-sdk-go-v2
        github.com/caarlos0/env/v11 github.com/casbin/casbin/v2 github.com/cenkalti/backoff/v4
        github.com/cenkalti/backoff/v5 github.com/charmbracelet/bubbletea
        github.com/charmbracelet/lipgloss github.com/coreos/go-oidc/v3
        github.com/danielgtaylor/huma/v2 github.com/docker/docker github.com/fatih/color
        github.com/fsnotify/fsnotify github.com/gin-gonic/gin github.com/go-chi/chi
        github.com/go-chi/chi/v5 github.com/go-playground/validator/v10
        github.com/go-resty/resty/v2 github.com/go-sql-driver/mysql github.com/gofiber/fiber/v2
        github.com/gofiber/fiber/v3 github.com/golang-jwt/jwt/v5
        github.com/golang-migrate/migrate/v4 github.com/golang/mock github.com/golang/protobuf
        github.com/google/go-cmp github.com/google/uuid github.com/google/wire
        github.com/gorilla/mux github.com/gorilla/sessions github.com/gorilla/websocket
        github.com/graphql-go/graphql github.com/hashicorp/consul/api
        github.com/hashicorp/go-retryablehttp github.com/jackc/pgx/v5 github.com/jmoiron/sqlx
        github.com/joho/godotenv github.com/json-iterator/go github.com/julienschmidt/httprouter
        github.com/kelseyhightower/envconfig github.com/labstack/echo/v4 github.com/lib/pq
        github.com/mattn/go-sqlite3 github.com/minio/minio-go/v7
        github.com/mitchellh/mapstructure github.com/nats-io/nats.go github.com/onsi/ginkgo/v2
        github.com/onsi/gomega github.com/pkg/errors github.com/pressly/goose/v3
        github.com/prometheus/client_golang github.com/rabbitmq/amqp091-go
        github.com/redis/go-redis/v9 github.com/robfig/cron/v3 github.com/rs/zerolog
        github.com/samber/lo github.com/segmentio/kafka-go github.com/shopspring/decimal
        github.com/sirupsen/logrus github.com/spf13/cobra github.com/spf13/pflag
        github.com/spf13/viper github.com/sqlc-dev/sqlc github.com/stretchr/testify
        github.com/stripe/stripe-go/v82 github.com/swaggo/swag
        github.com/testcontainers/testcontainers-go github.com/tidwall/gjson
        github.com/urfave/cli/v2 github.com/urfave/cli/v3 github.com/vektah/gqlparser/v2
        go.mongodb.org/mongo-driver go.mongodb.org/mongo-driver/v2 go.opentelemetry.io/otel
        go.uber.org/fx go.uber.org/goleak go.uber.org/mock go.uber.org/zap golang.org/x/crypto
        golang.org/x/exp golang.org/x/net golang.org/x/oauth2 golang.org/x/sync golang.org/x/sys
        golang.org/x/text golang.org/x/time golang.org/x/tools google.golang.org/grpc
        google.golang.org/protobuf gopkg.in/yaml.v2 gopkg.in/yaml.v3 gorm.io/driver/mysql
        gorm.io/driver/postgres gorm.io/driver/sqlite gorm.io/gorm k8s.io/api k8s.io/client-go
        modernc.org/sqlite
    """,
    "maven": """
        ch.qos.logback:logback-classic com.auth0:java-jwt
        com.diffplug.spotless:spotless-maven-plugin
        com.fasterxml.jackson.core:jackson-annotations com.fasterxml.jackson.core:jackson-core
        com.fasterxml.jackson.core:jackson-databind
        com.fasterxml.jackson.datatype:jackson-datatype-jsr310
        com.github.ben-manes.caffeine:caffeine com.google.code.gson:gson
        com.google.errorprone:error_prone_core com.google.guava:guava
        com.google.protobuf:protobuf-java com.h2database:h2 com.mysql:mysql-connector-j
        com.nimbusds:nimbus-jose-jwt com.puppycrawl.tools:checkstyle com.rabbitmq:amqp-client
        com.sparkjava:spark-core com.squareup.okhttp3:okhttp com.squareup.retrofit2:retrofit
        com.zaxxer:HikariCP commons-io:commons-io info.picocli:picocli
        io.github.resilience4j:resilience4j-core io.grpc:grpc-netty-shaded io.grpc:grpc-stub
        io.javalin:javalin io.jsonwebtoken:jjwt-api io.lettuce:lettuce-core
        io.micrometer:micrometer-core io.micronaut:micronaut-core io.netty:netty-all
        io.opentelemetry:opentelemetry-api io.quarkus:quarkus-core io.rest-assured:rest-assured
        io.swagger.core.v3:swagger-annotations io.vertx:vertx-core
        jakarta.persistence:jakarta.persistence-api jakarta.servlet:jakarta.servlet-api
        jakarta.validation:jakarta.validation-api junit:junit
        org.apache.commons:commons-collections4 org.apache.commons:commons-csv
        org.apache.commons:commons-lang3 org.apache.httpcomponents.client5:httpclient5
        org.apache.kafka:kafka-clients org.apache.logging.log4j:log4j-api
        org.apache.logging.log4j:log4j-core org.apache.maven.plugins:maven-compiler-plugin
        org.apache.maven.plugins:maven-jar-plugin org.apache.maven.plugins:maven-surefire-plugin
        org.apache.pdfbox:pdfbox org.apache.poi:poi org.assertj:assertj-core
        org.awaitility:awaitility org.bouncycastle:bcprov-jdk18on org.flywaydb:flyway-core
        org.hamcrest:hamcrest org.hibernate.orm:hibernate-core
        org.hibernate.validator:hibernate-validator org.jacoco:jacoco-maven-plugin
        org.jetbrains.kotlin:kotlin-stdlib org.jooq:jooq org.jsoup:jsoup
        org.junit.jupiter:junit-jupiter org.junit.jupiter:junit-jupiter-api org.junit:junit-bom
        org.liquibase:liquibase-core org.mapstruct:mapstruct org.mockito:mockito-core
        org.mockito:mockito-junit-jupiter org.mongodb:mongodb-driver-sync org.mybatis:mybatis
        org.postgresql:postgresql org.projectlombok:lombok org.scala-lang:scala-library
        org.slf4j:slf4j-api org.springdoc:springdoc-openapi-starter-webmvc-ui
        org.springframework.boot:spring-boot org.springframework.boot:spring-boot-maven-plugin
        org.springframework.boot:spring-boot-starter
        org.springframework.boot:spring-boot-starter-actuator
        org.springframework.boot:spring-boot-starter-data-jpa
        org.springframework.boot:spring-boot-starter-parent
        org.springframework.boot:spring-boot-starter-security
        org.springframework.boot:spring-boot-starter-test
        org.springframework.boot:spring-boot-starter-validation
        org.springframework.boot:spring-boot-starter-web
        org.springframework.boot:spring-boot-starter-webflux
        org.springframework.kafka:spring-kafka org.springframework.security:spring-security-core
        org.springframework:spring-context org.springframework:spring-core
        org.springframework:spring-web org.springframework:spring-webmvc
        org.testcontainers:junit-jupiter org.testcontainers:postgresql
        org.testcontainers:testcontainers org.wiremock:wiremock org.xerial:sqlite-jdbc
        org.yaml:snakeyaml redis.clients:jedis tools.jackson.core:jackson-databind
    """,
    "gems": """
        actionpack activemodel activerecord activesupport aws-sdk-s3 bcrypt bootsnap brakeman
        bundler byebug cancancan capybara carrierwave concurrent-ruby debug delayed_job devise
        dotenv dotenv-rails dry-types dry-validation factory_bot factory_bot_rails faker faraday
        friendly_id grape graphql haml hanami httparty i18n image_processing importmap-rails
        jekyll json jwt kamal kaminari minitest money mongoid mysql2 nokogiri oj omniauth pagy
        paper_trail paperclip pg propshaft pry puma pundit rack rack-test rails railties rake
        ransack redis resque rest-client roda rspec rspec-core rspec-expectations rspec-rails
        rubocop rubocop-rails sass-rails sentry-ruby sequel shrine sidekiq simplecov sinatra
        slim solid_cache solid_queue sprockets sqlite3 standard stimulus-rails stripe thor
        turbo-rails typhoeus tzinfo unicorn vcr view_component webmock whenever will_paginate
        zeitwerk
    """,
    "packagist": """
        amphp/amp api-platform/core aws/aws-sdk-php barryvdh/laravel-debugbar cakephp/cakephp
        codeigniter4/framework composer/composer doctrine/collections doctrine/dbal
        doctrine/doctrine-bundle doctrine/migrations doctrine/orm dompdf/dompdf fakerphp/faker
        filament/filament firebase/php-jwt friendsofphp/php-cs-fixer guzzlehttp/guzzle
        guzzlehttp/promises guzzlehttp/psr7 inertiajs/inertia-laravel intervention/image
        laminas/laminas-diactoros laravel/breeze laravel/framework laravel/horizon
        laravel/laravel laravel/passport laravel/pint laravel/sanctum laravel/socialite
        laravel/tinker league/commonmark league/csv league/flysystem league/oauth2-server
        livewire/livewire maatwebsite/excel mockery/mockery monolog/monolog nesbot/carbon
        nikic/fast-route nikic/php-parser pestphp/pest php-di/php-di phpmailer/phpmailer
        phpoffice/phpspreadsheet phpstan/phpstan phpunit/phpunit predis/predis psr/cache
        psr/container psr/http-message psr/log ramsey/uuid ratchet/pawl react/event-loop
        rector/rector slim/psr7 slim/slim spatie/laravel-medialibrary spatie/laravel-permission
        squizlabs/php_codesniffer stripe/stripe-php symfony/console symfony/dotenv
        symfony/finder symfony/framework-bundle symfony/http-foundation symfony/http-kernel
        symfony/mailer symfony/messenger symfony/process symfony/routing symfony/security-bundle
        symfony/serializer symfony/symfony symfony/translation symfony/twig-bundle
        symfony/validator symfony/var-dumper symfony/yaml twig/twig vimeo/psalm vlucas/phpdotenv
        wp-cli/wp-cli yiisoft/yii2
    """,
    "nuget": """
        AWSSDK.Core AWSSDK.S3 AngleSharp Ardalis.GuardClauses AutoFixture AutoMapper Avalonia
        Azure.Identity Azure.Storage.Blobs BCrypt.Net-Next BenchmarkDotNet Bogus ClosedXML
        CommandLineParser CommunityToolkit.Mvvm Confluent.Kafka CsvHelper Dapper EPPlus
        FluentAssertions FluentValidation FluentValidation.AspNetCore Flurl.Http Google.Protobuf
        Grpc.AspNetCore Grpc.Net.Client Hangfire HotChocolate.AspNetCore HtmlAgilityPack
        Humanizer MSTest MSTest.TestAdapter MSTest.TestFramework MassTransit MediatR
        Microsoft.AspNetCore.Authentication.JwtBearer
        Microsoft.AspNetCore.Identity.EntityFrameworkCore Microsoft.AspNetCore.Mvc.Testing
        Microsoft.AspNetCore.OpenApi Microsoft.Data.SqlClient Microsoft.Data.Sqlite
        Microsoft.EntityFrameworkCore Microsoft.EntityFrameworkCore.Design
        Microsoft.EntityFrameworkCore.InMemory Microsoft.EntityFrameworkCore.SqlServer
        Microsoft.EntityFrameworkCore.Sqlite Microsoft.EntityFrameworkCore.Tools
        Microsoft.Extensions.Configuration Microsoft.Extensions.DependencyInjection
        Microsoft.Extensions.Hosting Microsoft.Extensions.Http Microsoft.Extensions.Logging
        Microsoft.Extensions.Options Microsoft.NET.Test.Sdk Microsoft.SemanticKernel
        ModelContextProtocol MongoDB.Driver Moq MySqlConnector NLog NSubstitute NSwag.AspNetCore
        NUnit NUnit3TestAdapter Newtonsoft.Json NodaTime Npgsql
        Npgsql.EntityFrameworkCore.PostgreSQL OpenTelemetry Polly Polly.Core
        Pomelo.EntityFrameworkCore.MySql Quartz RabbitMQ.Client Refit RestSharp Scrutor Sentry
        Serilog Serilog.AspNetCore Serilog.Sinks.Console Serilog.Sinks.File Shouldly
        SixLabors.ImageSharp SkiaSharp Spectre.Console StackExchange.Redis StyleCop.Analyzers
        Swashbuckle.AspNetCore System.CommandLine System.Drawing.Common
        System.IdentityModel.Tokens.Jwt System.Text.Json Testcontainers coverlet.collector
        log4net xunit xunit.runner.visualstudio xunit.v3
    """,
}

_IMPORTED_AS = """
    PIL=pillow cv2=opencv-python sklearn=scikit-learn yaml=pyyaml bs4=beautifulsoup4
    dateutil=python-dateutil dotenv=python-dotenv jose=python-jose jwt=pyjwt
    multipart=python-multipart serial=pyserial usb=pyusb git=gitpython docx=python-docx
    pptx=python-pptx fitz=pymupdf Crypto=pycryptodome OpenSSL=pyopenssl psycopg2=psycopg2-binary
    MySQLdb=mysqlclient telegram=python-telegram-bot discord=discord-py slugify=python-slugify
    magic=python-magic attr=attrs pkg_resources=setuptools google.protobuf=protobuf zmq=pyzmq
    nacl=pynacl skimage=scikit-image faiss=faiss-cpu socketio=python-socketio
    rest_framework=djangorestframework corsheaders=django-cors-headers environ=django-environ
"""


@cache
def popular(ecosystem: str) -> frozenset[str]:
    """The well-known names of an ecosystem."""
    return frozenset(_NAMES.get(ecosystem, "").split())


@cache
def imported_as() -> dict[str, str]:
    """Python import name (lower case) -> the package that brings it, where the two differ."""
    rows = (row.partition("=") for row in _IMPORTED_AS.split())
    return {name.lower(): package for name, _, package in rows}
