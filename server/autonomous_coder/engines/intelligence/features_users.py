"""Features: who uses it and how they log in, and the phrases that ask for them."""

from __future__ import annotations

from autonomous_coder.engines.intelligence.wording import Feature, phrases

USERS: dict[str, Feature] = {
    "accounts": Feature(
        "Users can register and log in",
        phrases("""
    authentication, auth, authenticate, authenticated, authenticating, log in, logs in,
    logging in, login, log-in, logged in, logged-in, logged in users, sign in, sign-in,
    signin, signs in, sign up, sign-up, signup, signs up, registration and login,
    register and login, register and log in, register and sign in, user account, user
    accounts, user registration, user login, user authentication, user management, jwt,
    jwt authentication, anmeldung, authentifizierung, autenticación, authentification,
    jwt auth, jwt token, jwt tokens, token authentication, bearer token, password login,
    login system, password protected, password-protected, create an account, create
    account, create accounts, user profiles, user profile, secured, log out, logout,
    passwords, password hashing, authenticated users, registered users, registered user,
    email and password, access token, access tokens, refresh token, user sign up,
    multi-user, multiple users, multi user, user signup, users with authentication, users
    and login, users with login
    """),
        phrases("account, accounts"),
    ),
    "roles": Feature(
        "Roles decide who may do what",
        phrases("""
    user role, user roles, role based access, role-based access, role-based access
    control, role based access control, rbac, role-based permissions, access control,
    permission, permissions, user permissions, admin role, admin roles, admin user,
    admin users, admin only, admin-only, admin rights, admin access, authorization,
    authorisation, roles and permissions, with roles, accounts and roles, login and roles,
    users and roles
    """),
        phrases("role, roles"),
    ),
    "password_reset": Feature(
        "Forgotten passwords can be reset",
        phrases("""
    password reset, reset password, forgot password, forgotten password, password
    recovery, reset their password, password resets, change password
    """),
    ),
    "oauth": Feature(
        "Users log in with an account they have elsewhere",
        phrases("""
    oauth, oauth2, oauth 2.0, google login, login with google, log in with google, sign
    in with google, github login, login with github, log in with github, sign in with
    github, social login, social logins, facebook login, login with facebook, log in
    with facebook, sign in with apple, single sign-on, single sign on, sso, openid
    connect, oidc, saml, ldap, google authentication, google sign-in, google oauth,
    github oauth, log in via google, social authentication, google auth, magic link,
    magic links, login via google
    """),
    ),
    "two_factor": Feature(
        "A second factor protects the log-in",
        phrases("""
    two factor, two-factor, two factor authentication, two-factor authentication, 2fa,
    mfa, multi-factor authentication, multi factor authentication, one-time password,
    otp, totp, passkeys, passkey
    """),
    ),
    "api_keys": Feature("Programs log in with API keys", phrases("""
    api key, api keys, api key authentication, api-key
    """)),
    "multi_tenancy": Feature("Several organisations are kept apart", phrases("""
    multi-tenant, multi tenant, multitenant, multi-tenancy, multi tenancy, multitenancy,
    saas
    """)),
}  # fmt: skip
