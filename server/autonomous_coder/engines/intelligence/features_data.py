"""Features: what is stored, how it is found and handed over, and the phrases that ask for them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import Feature, phrases

DATA: dict[str, Feature] = {
    "pagination": Feature(
        "Lists are paginated",
        phrases("""
    pagination, paginated, paginate, paging, page by page, paginated list, paginated
    lists, cursor pagination
    """),
    ),
    "filtering": Feature(
        "Lists can be filtered",
        phrases("""filtering, filter, filters, filterable, filtered, filtering by"""),
    ),
    "sorting": Feature(
        "Lists can be sorted",
        phrases("""
    sorting, sort, sortable, sorted, order by, ordered by, ordering, sorted by, sort
    by
    """),
    ),
    "search": Feature(
        "Things can be searched for",
        phrases("""
    full-text search, full text search, searchable, searching, search function, search
    bar, search for, search by
    """),
        phrases("search"),
    ),
    "postgresql": Feature(
        "Data is stored in PostgreSQL", phrases("postgresql, postgres, postgre, postgressql, psql")
    ),
    "sqlite": Feature("Data is stored in SQLite", phrases("sqlite, sqlite3")),
    "mysql": Feature("Data is stored in MySQL", phrases("mysql, mariadb")),
    "mongodb": Feature("Data is stored in MongoDB", phrases("mongodb, mongo")),
    "redis": Feature("Redis is used", phrases("redis")),
    "elasticsearch": Feature(
        "Elasticsearch is used", phrases("elasticsearch, opensearch, meilisearch, algolia")
    ),
    "migrations": Feature(
        "The database schema is migrated",
        phrases("""
    database migration, database migrations, schema migration, schema migrations,
    migrations, alembic
    """),
    ),
    "seed_data": Feature(
        "There are rows to try it with",
        phrases("""
    seed data, seeding, seeder, database seed, seed the database,
    seeded database, seeded with data, sample data, sample rows, sample records, example data,
    example rows, demo data, dummy data, test data to play with, demo rows
    """),
    ),
    "file_upload": Feature(
        "Files can be uploaded",
        phrases("""
    file upload, file uploads, upload file, upload files, image upload, image uploads,
    upload image, upload images, upload photo, upload photos, photo upload, photo
    uploads, resume upload, resume uploads, cv upload, cv uploads, upload a resume, upload a cv,
    upload resumes, upload their resume, upload their cv, receipt upload, receipt uploads,
    logo upload, pdf upload, pdf uploads, upload pdfs, upload receipts, upload picture,
    upload pictures, uploading files, uploading images,
    attachment, attachments, file attachment, file attachments, upload documents, upload
    document, document upload, upload videos, upload video, video upload, upload
    avatars, upload avatar, file storage, media upload, image hosting, upload a photo,
    upload a file, upload an image, upload a picture, upload a video, uploading photos,
    s3, s3 storage, attach files, attach a file, attach images, attach an image, attach photos,
    attach a photo, attach pictures, attach documents, attach a document, attached files,
    upload their photos, upload their files, upload files and images, upload images and files,
    pdf attachment, pdf attachments, pdf upload, pdf uploads, upload pdfs, upload a pdf, upload pdf
    """),
    ),
    "export": Feature(
        "Data can be exported",
        phrases("""
    csv export, export to csv, export csv, pdf export, export to pdf, export as csv,
    export as pdf, excel export, export to excel, data export, export data, exporting,
    exported, download as csv, csv download, pdf download, export to json
    """),
        phrases("export, exports"),
    ),
    "import": Feature(
        "Data can be imported",
        phrases("""
    csv import, import csv, import from csv, data import, import data, importing, bulk
    import, excel import, import from excel, bulk upload, imported
    """),
        phrases("import, imports"),
    ),
    "audit_log": Feature("Every change is recorded", phrases("""
    audit log, audit logs, audit trail, audit logging, change history, version history,
    versioning, revision history, activity log, activity feed, edit history, history of
    changes
    """)),
    "soft_delete": Feature("Deleted things can be restored", phrases("""
    soft delete, soft deletes, soft-delete, trash, recycle bin, restore deleted,
    undo
    """)),
    "caching": Feature("Answers are cached", phrases("""
    caching, cache, cached, redis cache, redis caching, response caching
    """)),
}  # fmt: skip
