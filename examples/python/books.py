"""Lists the books of the FakeBook API and adds one. Python 3.8 or newer, standard library only.

Requests a token with client credentials, reads page by page, requests the missing scope after a 403 (step-up), sends a
write with an idempotency key, and retries after a 503.
"""

import base64
import json
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

API_URL = os.environ.get("API_URL", "http://localhost:4000")
ISSUER = os.environ.get("OKTA_ISSUER", "http://localhost:4400/oauth2/default")
CLIENT_ID = os.environ.get("OKTA_CLIENT_ID", "fakebook-cron")
CLIENT_SECRET = os.environ.get("OKTA_CLIENT_SECRET", "fakebook-cron-secret")

MAX_ATTEMPTS = 5
TIMEOUT_SECONDS = 10

BOOKS = """
query Books($first: Int, $after: ID) {
  booksConnection(first: $first, after: $after) {
    edges { node { id title author cost } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
ADD_BOOK = """
mutation AddBook($input: AddBookInput!) {
  addBook(input: $input) { id title }
}
"""
CURTAIN = {"title": "Curtain", "author": "Agatha Christie", "cost": 7.99, "numPages": 250}


class InsufficientScope(Exception):
    """A 403. `scopes` are those that the operation requires, separated by spaces."""

    def __init__(self, message, scopes):
        super().__init__(message)
        self.scopes = scopes


def request_token(scope):
    """Requests an access token with client credentials (RFC 6749 section 4.4)."""
    credentials = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    form = {"grant_type": "client_credentials", "scope": scope}
    request = urllib.request.Request(
        f"{ISSUER}/v1/token",
        data=urllib.parse.urlencode(form).encode(),
        headers={"Authorization": f"Basic {credentials}"},
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
        return json.load(response)["access_token"]


def execute(token, query, variables, idempotency_key=None):
    """Executes an operation and returns its data. Sends it again while the API answers 503.

    A write needs an idempotency key, since the first attempt may have been executed.
    """
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    body = json.dumps({"query": query, "variables": variables}).encode()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        request = urllib.request.Request(f"{API_URL}/graphql", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                result = json.load(response)
            break
        except urllib.error.HTTPError as error:
            if error.code == 503 and attempt < MAX_ATTEMPTS:
                seconds = int(error.headers.get("Retry-After", attempt))
                print(f"503: retrying in {seconds} s", file=sys.stderr)
                time.sleep(seconds)
                continue
            raise explain(error) from error
    if result.get("errors"):
        raise RuntimeError(join_messages(result))
    return result["data"]


def explain(error):
    """Returns the exception for an error response."""
    try:
        message = join_messages(json.load(error))
    except (ValueError, KeyError):
        message = str(error)
    if error.code == 403:
        scopes = re.search(r' scope="([^"]*)"', error.headers.get("WWW-Authenticate", ""))
        return InsufficientScope(message, scopes.group(1) if scopes else "")
    return RuntimeError(f"{error.code}: {message}")


def join_messages(result):
    return "\n".join(error["message"] for error in result["errors"])


def list_books(token, page_size):
    """Yields all books, one page after the other."""
    after = None
    while True:
        page = execute(token, BOOKS, {"first": page_size, "after": after})["booksConnection"]
        for edge in page["edges"]:
            yield edge["node"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def add_book(token, book):
    """Adds a book. Requests a token with the missing scopes if this one lacks them."""
    key = str(uuid.uuid4())
    try:
        return execute(token, ADD_BOOK, {"input": book}, key)["addBook"]
    except InsufficientScope as error:
        print(f"403: {error}")
        return execute(request_token(error.scopes), ADD_BOOK, {"input": book}, key)["addBook"]


def main():
    token = request_token("fakebookapi.read")
    for book in list_books(token, page_size=2):
        print(f"{book['id']}. {book['title']}, {book['author']}: ${book['cost']:.2f}")
    added = add_book(token, CURTAIN)
    print(f"Added {added['id']}. {added['title']}.")


if __name__ == "__main__":
    main()
