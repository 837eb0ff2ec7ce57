"""Which classes the code of a file uses: its import clauses, made from the code itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

LIBRARY = (
    *("java.io", "BufferedReader", "ByteArrayInputStream", "IOException", "InputStream"),
    *("java.io", "OutputStream", "SequenceInputStream"),
    *("java.io", "InputStreamReader", "PrintWriter", "StringWriter", "UncheckedIOException"),
    *("java.math", "BigDecimal"),
    *("java.net", "URI"),
    *("java.net.http", "HttpClient", "HttpRequest", "HttpResponse"),
    *("java.nio", "ByteBuffer", "CharBuffer"),
    *("java.nio.charset", "StandardCharsets"),
    *("java.nio.file", "FileAlreadyExistsException", "Files", "Path", "StandardOpenOption"),
    *("java.nio.file.attribute", "PosixFilePermission", "PosixFilePermissions"),
    *("java.security", "MessageDigest", "NoSuchAlgorithmException", "SecureRandom"),
    *("java.sql", "Connection", "DriverManager", "PreparedStatement", "ResultSet"),
    *("java.sql", "SQLException", "Statement", "Timestamp"),
    *("java.time", "Clock", "DateTimeException", "Duration", "Instant", "LocalDate"),
    *("java.time", "OffsetDateTime", "ZoneOffset"),
    *("java.time.temporal", "ChronoUnit"),
    *("java.util", "ArrayList", "Arrays", "Base64", "Collection", "Collections", "Comparator"),
    *("java.util", "HashMap", "HashSet", "HexFormat", "LinkedHashMap", "LinkedHashSet", "TreeMap"),
    *("java.util", "List", "Locale", "Map", "Objects", "Optional", "Set", "TreeSet", "UUID"),
    *("java.util.concurrent", "Callable", "CompletableFuture", "CountDownLatch", "Semaphore"),
    *("java.util.concurrent", "TimeUnit"),
    *("java.util.concurrent.atomic", "AtomicInteger"),
    *("java.util.function", "BiFunction", "Consumer", "Function", "Predicate", "Supplier"),
    *("java.util.function", "ToLongFunction", "UnaryOperator"),
    *("java.util.stream", "Collectors", "Stream"),
    *("javax.crypto", "SecretKey"),
    *("javax.crypto.spec", "SecretKeySpec"),
    *("javax.sql", "DataSource"),
    *("jakarta.servlet", "FilterChain", "ServletException"),
    *("jakarta.servlet.http", "HttpServletRequest", "HttpServletResponse", "Part"),
    *("jakarta.validation", "ConstraintViolation", "Valid", "Validator"),
    *("jakarta.validation.constraints", "AssertTrue", "DecimalMax", "DecimalMin", "Digits"),
    *("jakarta.validation.constraints", "Email", "Max", "Min", "NotNull", "Pattern"),
    *("jakarta.validation.constraints", "Positive", "PositiveOrZero", "Size"),
    *("com.fasterxml.jackson.annotation", "JsonFormat", "JsonIgnore", "JsonProperty"),
    *("com.fasterxml.jackson.annotation", "JsonValue"),
    *("com.nimbusds.jose", "JOSEException", "JWSAlgorithm", "JWSHeader", "PlainHeader"),
    *("com.nimbusds.jose.crypto", "MACSigner"),
    *("com.nimbusds.jwt", "JWTClaimsSet", "PlainJWT", "SignedJWT"),
    *("java.util", "Date"),
    *("io.micrometer.core.instrument", "Counter", "MeterRegistry", "Tags", "Timer"),
    *("io.micrometer.core.instrument.binder.jvm", "JvmMemoryMetrics", "JvmThreadMetrics"),
    *("io.micrometer.core.instrument.binder.system", "ProcessorMetrics", "UptimeMetrics"),
    *("io.micrometer.prometheusmetrics", "PrometheusConfig", "PrometheusMeterRegistry"),
    *("org.flywaydb.core", "Flyway"),
    *("org.hibernate.validator.constraints", "URL"),
    *("org.hibernate.validator.constraints.time", "DurationMax", "DurationMin"),
    *("org.postgresql", "PGStatement"),
    *("org.slf4j", "Logger", "LoggerFactory"),
    *("org.sqlite", "SQLiteConfig", "SQLiteErrorCode", "SQLiteException"),
    *("picocli", "AutoComplete", "CommandLine"),
    *("picocli.CommandLine", "Command", "ExitCode", "Help", "ITypeConverter", "IVersionProvider"),
    *("picocli.CommandLine", "Mixin", "Option", "ParameterException", "Parameters"),
    *("picocli.CommandLine", "ParseResult", "ScopeType", "Spec", "TypeConversionException"),
    *("picocli.CommandLine", "UnmatchedArgumentException"),
    *("picocli.CommandLine.Help", "Visibility"),
    *("picocli.CommandLine.Model", "CommandSpec"),
    *("tools.jackson.core", "JacksonException"),
    *("tools.jackson.core.exc", "StreamConstraintsException"),
    *("tools.jackson.databind", "JsonNode", "MapperFeature", "PropertyNamingStrategies"),
    *("tools.jackson.databind", "SerializationFeature"),
    *("tools.jackson.databind.cfg", "CoercionAction", "CoercionInputShape"),
    *("tools.jackson.databind.exc", "UnrecognizedPropertyException"),
    *("tools.jackson.databind.json", "JsonMapper"),
    *("tools.jackson.databind.node", "ArrayNode", "ObjectNode"),
    *("tools.jackson.databind.type", "LogicalType"),
    *("org.junit.jupiter.api", "BeforeEach", "Test"),
    *("org.junit.jupiter.api.extension", "ExtendWith"),
    *("org.junit.jupiter.api.io", "TempDir"),
    *("org.junit.jupiter.params", "ParameterizedTest"),
    *("org.junit.jupiter.params.provider", "Arguments", "CsvSource", "MethodSource"),
    *("org.junit.jupiter.params.provider", "ValueSource"),
)
SPRING = (
    *("beans", "TypeMismatchException"),
    *("beans.factory.annotation", "Autowired", "Qualifier", "Value"),
    *("boot", "ApplicationArguments", "ApplicationRunner", "DefaultApplicationArguments"),
    *("boot", "SpringApplication"),
    *("boot.autoconfigure", "SpringBootApplication"),
    *("boot.context.properties", "ConfigurationProperties", "ConfigurationPropertiesScan"),
    *("boot.context.properties", "EnableConfigurationProperties"),
    *("boot.flyway.autoconfigure", "FlywayConfigurationCustomizer"),
    *("boot.jackson.autoconfigure", "JsonMapperBuilderCustomizer"),
    *("boot.jdbc.autoconfigure", "JdbcConnectionDetails"),
    *("boot.test.context", "SpringBootTest", "TestConfiguration"),
    *("boot.test.system", "CapturedOutput", "OutputCaptureExtension"),
    *("boot.test.web.server", "LocalServerPort"),
    *("boot.web.servlet", "FilterRegistrationBean"),
    *("boot.webmvc.test.autoconfigure", "AutoConfigureMockMvc"),
    *("context.annotation", "Bean", "Configuration", "Import", "Primary"),
    *("core", "NestedExceptionUtils", "Ordered"),
    *("core.annotation", "Order"),
    *("core.convert.converter", "Converter", "ConverterFactory"),
    *("core.io", "FileSystemResource", "Resource"),
    *("core.io.support", "PathMatchingResourcePatternResolver"),
    *("dao", "ConcurrencyFailureException", "DataAccessException"),
    *("dao", "DataIntegrityViolationException"),
    *("format", "FormatterRegistry"),
    *("http", "HttpHeaders", "HttpMethod", "HttpStatus", "HttpStatusCode", "MediaType"),
    *("http", "ProblemDetail", "ResponseEntity"),
    *("http.converter", "HttpMessageNotReadableException"),
    *("jdbc.core", "RowMapper", "SqlTypeValue"),
    *("jdbc.core.simple", "JdbcClient"),
    *("jdbc.datasource", "SingleConnectionDataSource"),
    *("jdbc.support", "SQLExceptionTranslator", "SQLStateSQLExceptionTranslator"),
    *("mock.web", "MockFilterChain", "MockHttpServletRequest", "MockHttpServletResponse"),
    *("mock.web", "MockPart"),
    *("security.access", "AccessDeniedException"),
    *("security.authentication", "AbstractAuthenticationToken"),
    *("security.authentication", "UsernamePasswordAuthenticationToken"),
    *("security.config.annotation.web.builders", "HttpSecurity"),
    *("security.config.annotation.web.configurers", "AbstractHttpConfigurer"),
    *("security.config", "Customizer"),
    *("security.config.http", "SessionCreationPolicy"),
    *("security.core", "AuthenticationException"),
    *("security.core.authority", "SimpleGrantedAuthority"),
    *("security.core.annotation", "AuthenticationPrincipal"),
    *("security.crypto.argon2", "Argon2PasswordEncoder"),
    *("security.crypto.password", "PasswordEncoder"),
    *("security.oauth2.jose.jws", "MacAlgorithm"),
    *("security.oauth2.jwt", "JwsHeader", "Jwt", "JwtClaimsSet", "JwtDecoder", "JwtEncoder"),
    *("security.oauth2.jwt", "JwtEncoderParameters", "NimbusJwtDecoder", "NimbusJwtEncoder"),
    *("security.oauth2.jwt", "JwtException", "BadJwtException"),
    *("security.oauth2.server.resource", "InvalidBearerTokenException"),
    *("security.web", "AuthenticationEntryPoint", "SecurityFilterChain"),
    *("security.web.access", "AccessDeniedHandler"),
    *("stereotype", "Component", "Repository", "Service"),
    *("test.context", "DynamicPropertyRegistry", "DynamicPropertySource", "TestPropertySource"),
    *("test.web.servlet", "MockMvc"),
    *("test.web.servlet.assertj", "MockMvcTester", "MvcTestResult"),
    *("transaction.annotation", "Transactional"),
    *("transaction.support", "TransactionTemplate"),
    *("util", "FileSystemUtils", "LinkedMultiValueMap", "MultiValueMap"),
    *("validation", "FieldError"),
    *("validation.annotation", "Validated"),
    *("validation.method", "ParameterErrors", "ParameterValidationResult"),
    *("web", "ErrorResponseException"),
    *("web.util", "UriUtils"),
    *("web.bind", "MethodArgumentNotValidException"),
    *("web.bind", "MissingServletRequestParameterException"),
    *("web.bind.annotation", "BindParam", "DeleteMapping", "ExceptionHandler", "GetMapping"),
    *("web.bind.annotation", "PatchMapping", "PathVariable", "PostMapping", "RequestBody"),
    *("web.bind.annotation", "RequestMapping", "RequestMethod", "RequestParam"),
    *("web.bind.annotation", "ResponseStatus", "RestController", "RestControllerAdvice"),
    *("web.context.request", "ServletWebRequest", "WebRequest"),
    *("web.cors", "CorsConfiguration", "UrlBasedCorsConfigurationSource"),
    *("web.filter", "CorsFilter", "OncePerRequestFilter"),
    *("web.method", "HandlerMethod"),
    *("web.method.annotation", "HandlerMethodValidationException"),
    *("web.method.annotation", "MethodArgumentTypeMismatchException"),
    *("web.servlet", "HandlerExceptionResolver", "HandlerInterceptor", "HandlerMapping"),
    *("web.servlet.config.annotation", "CorsRegistry", "InterceptorRegistry", "WebMvcConfigurer"),
    *("web.servlet.mvc.method", "RequestMappingInfo"),
    *("web.servlet.mvc.method.annotation", "RequestMappingHandlerMapping"),
    *("web.servlet.mvc.method.annotation", "ResponseEntityExceptionHandler"),
)
ANNOTATIONS = (
    *("java.lang.annotation", "ElementType", "Retention", "RetentionPolicy", "Target"),
    *("java.lang.reflect", "Parameter", "RecordComponent"),
)
OWN = {
    "Accounts": "accounts", "BoundedPasswords": "accounts", "AccountSettings": "accounts",
    "Registration": "accounts",
    "SecretKeys": "accounts", "Tokens": "accounts", "User": "accounts", "UserId": "accounts",
    "UserRepository": "accounts", "Credentials": "accounts", "AuthController": "accounts",
    "SecurityConfiguration": "accounts", "PasswordConfiguration": "accounts", "Token": "accounts",
    "Checks": "values", "InvalidValuesException": "values",
    "Changes": "cli", "Confirmation": "cli", "DataFile": "cli", "Output": "cli", "Program": "cli",
    "Values": "cli", "Database": "data", "DataException": "data", "Migrations": "data",
    "Terminal": "support", "Run": "support",
    "LinkTable": "data", "TextEnum": "data", "Columns": "data", "Conditions": "data",
    "ConstraintTranslator": "data", "ListPage": "data", "Paging": "data", "References": "data",
    "FileStore": "uploads", "MediaTypes": "uploads", "Orphans": "uploads", "Upload": "uploads",
    "UploadController": "uploads", "UploadPlace": "uploads", "UploadQuery": "uploads",
    "UploadRepository": "uploads", "UploadService": "uploads", "UploadSettings": "uploads",
    "AdminRunner": "accounts", "CurrentViewer": "accounts", "RoleChange": "accounts",
    "Roles": "accounts", "UserController": "accounts", "UserQuery": "accounts",
    "Viewer": "accounts",
    "Bodies": "web", "Fault": "web",
    "MetricsController": "web", "RateLimit": "web", "RateLimitFilter": "web",
    "RateLimitSettings": "web", "RequestMetrics": "web",
    "HealthController": "web", "JsonConfiguration": "web", "ProblemHandler": "web",
    "Problems": "web", "RequestLog": "web", "StrictQuery": "web", "WebConfiguration": "web",
    "TestAnswer": "support", "TestClient": "support", "Factories": "support", "People": "support",
    "IntegrationTest": "support", "CheapPasswords": "support",
}  # fmt: skip
"""Classes of every project, with their packages."""
STATIC = {
    "arguments": "org.junit.jupiter.params.provider.Arguments",
    "assertThat": "org.assertj.core.api.Assertions",
    "assertThatThrownBy": "org.assertj.core.api.Assertions",
}
_PLAIN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S
)
_TYPE = re.compile(r"(?<![\w.$])[A-Z]\w*")
_DECLARED = re.compile(r"\b(?:class|enum|interface|record)\s+([A-Z]\w*)")
_CALL = re.compile(r"(?<![\w.$])(\w+)\(")


def _named(listed: tuple[str, ...], below: str = "") -> dict[str, str]:
    """Full names of classes by their simple ones; a package stands before its classes."""
    found: dict[str, str] = {}
    package = ""
    for word in listed:
        if word[0].islower():
            package = f"{below}{word}"
        else:
            found[word] = f"{package}.{word}"
    return found


KNOWN = {
    **_named(LIBRARY), **_named(SPRING, "org.springframework."), **_named(ANNOTATIONS),
    **dict.fromkeys(OWN, ""),
}  # fmt: skip
"""Every class that code of the templates may import; empty for those of the project."""


def imports(code: str, base: str, package: str, types: Mapping[str, str]) -> str:
    """The import clauses for the code of a class in `base`.`package` (or in `base` itself).
    `types` are the packages of the entities' classes by name, as far as the code knows them."""
    plain = _PLAIN.sub(" ", re.sub(r"^\x00.*$", "", code, flags=re.M))
    wanted = set()
    for name in set(_TYPE.findall(plain)) - set(_DECLARED.findall(plain)):
        own = types[name] if name in types else OWN.get(name)
        if own is None and name in KNOWN:
            wanted.add(KNOWN[name])
        elif own is not None and own != package:
            wanted.add(f"{base}.{own}.{name}")
    static = {f"{STATIC[n]}.{n}" for n in set(_CALL.findall(plain)) if n in STATIC}
    groups = [
        "".join(f"import static {name};\n" for name in sorted(static)),
        "".join(f"import {name};\n" for name in sorted(wanted)),
    ]
    return "\n".join(group for group in groups if group)
