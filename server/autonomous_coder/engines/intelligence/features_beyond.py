"""Features: services and crafts beyond the project, and the phrases that ask for them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import Feature, phrases

BEYOND: dict[str, Feature] = {
    "payments": Feature(
        "Payments are taken",
        phrases("""
    stripe, paypal, stripe payments, payment processing, online payment, online
    payments, credit card payment, credit card payments, credit cards, payment gateway,
    payment integration, checkout process, card payments, process payments, accept
    payments, take payments, stripe checkout, stripe integration, in-app purchases, pay
    online, pay with card
    """),
        phrases("payments"),
    ),
    "email": Feature(
        "E-mails are sent",
        phrases("""
    email notification, email notifications, email confirmation, email verification,
    confirmation email, confirmation emails, email alerts, email reminders, email
    reminder, send email, send emails, sends email, sends emails, sending emails,
    sending email, emailing, e-mail notifications, email sending, welcome email, welcome
    emails, verify email, verify their email, mailing list, smtp, newsletter emails,
    email digest
    """),
        phrases("email, emails, e-mail, e-mails"),
    ),
    "notifications": Feature(
        "Users are notified",
        phrases("""
    push notification, push notifications, sms notification, sms notifications, sms,
    text messages, in-app notifications, notify, notifies, notified, notifying, get
    notified, send notifications, send reminders, sends reminders, send reminder, send
    alerts, alert users, web push, remind, reminds, sms reminders, reminder
    notifications
    """),
        phrases("notifications, notification, alerts"),
    ),
    "pdf": Feature("PDF documents are made", phrases("""
    pdf, pdfs, pdf generation, generate pdf, generate pdfs, pdf invoices, pdf report,
    pdf reports, pdf invoice, as pdf
    """)),
    "recommendations": Feature("Things are recommended", phrases("""
    recommendation, recommendations, recommendation engine, recommender, personalized
    recommendations, personalised recommendations, suggestions
    """)),
    "ai": Feature("A model answers or classifies", phrases("""
    ai, artificial intelligence, machine learning, chatgpt, gpt, openai, llm, language
    model, chatbot, ai-powered, ai assistant, neural network, sentiment analysis, image
    recognition, face recognition, ocr, speech recognition
    """)),
    "blockchain": Feature("A blockchain is used", phrases("""
    blockchain, ethereum, smart contract, smart contracts, nft, nfts, bitcoin, crypto
    payments, cryptocurrency, web3
    """)),
    "scraping": Feature("Pages of others are read", phrases("""
    web scraping, scraper, scrape, scraping, crawler, crawl
    """)),
    "third_party": Feature(
        "Another service is connected",
        phrases("""
    slack, slack integration, discord, telegram, whatsapp, google calendar, google
    calendar sync, calendar sync, twilio, sendgrid, mailchimp, zapier, salesforce,
    hubspot, outlook, google drive, dropbox, jira, trello integration, twitter api,
    spotify, twitter bot, mastodon bot, reddit bot, bluesky bot, third-party integration,
    third party integrations, shopify
    """),
    ),
    "qr_codes": Feature("QR codes or barcodes are made", phrases("""
    qr code, qr codes, barcode scanning, barcode scanner, scan barcodes
    """)),
}  # fmt: skip
