"""Login by organisation: what the portal asks of an OpenID provider, and what it believes of the answer.

allauth carries the flow (state, PKCE, the accounts' table). It neither sends a nonce nor looks at the signature, the
level or the organisations of what comes back from the token endpoint; those are checked here.
"""
