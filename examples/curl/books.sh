#!/bin/sh
# The client credentials flow with curl: a token, a read, a refused write, a token with more scopes, and the write.
# Exits with 1 at the first response with another status than expected.
set -eu

API_URL=${API_URL:-http://localhost:4000}
OKTA_ISSUER=${OKTA_ISSUER:-http://localhost:4400/oauth2/default}
OKTA_CLIENT_ID=${OKTA_CLIENT_ID:-fakebook-cron}
OKTA_CLIENT_SECRET=${OKTA_CLIENT_SECRET:-fakebook-cron-secret}

headers=$(mktemp)
trap 'rm -f "$headers"' EXIT

# expect STATUS CURL-ARGUMENTS: sends a request, checks its status, and sets $body and the headers file.
expect() {
  expected=$1
  shift
  body=$(curl --silent --show-error --dump-header "$headers" "$@")
  status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$headers")
  if [ "$status" != "$expected" ]; then
    echo "Expected status $expected, received $status: $body" >&2
    exit 1
  fi
}

# request_token STATUS SCOPE: requests a token with client credentials.
request_token() {
  expect "$1" "$OKTA_ISSUER/v1/token" --user "$OKTA_CLIENT_ID:$OKTA_CLIENT_SECRET" \
    --data grant_type=client_credentials --data-urlencode "scope=$2"
}

# execute STATUS TOKEN BODY: sends a GraphQL request. A response with status 200 can contain errors.
execute() {
  expect "$1" "$API_URL/graphql" --header "authorization: Bearer $2" \
    --header 'content-type: application/json' --data "$3"
  case "$1$body" in 200*'"errors":'*)
    echo "$body" >&2
    exit 1
    ;;
  esac
}

# read_json NAME: prints a text member of $body.
read_json() { printf '%s' "$body" | sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

ADD='{"query": "mutation Add($input: AddBookInput!) { addBook(input: $input) { title author cost numPages } }",
  "variables": {"input": {"title": "Curtain", "author": "Agatha Christie", "cost": 7.99, "numPages": 250}}}'

echo '1. Request a token that can read.'
request_token 200 fakebookapi.read
read_token=$(read_json access_token)

echo '2. Read book 1.'
execute 200 "$read_token" '{"query": "{ book(id: 1) { title author cost numPages } }"}'
echo "   $body"

echo '3. Add a book with this token: 403. The challenge names the missing scope.'
execute 403 "$read_token" "$ADD"
missing=$(sed -n 's/^[Ww][Ww][Ww]-[Aa]uthenticate:.* scope="\([^"]*\)".*/\1/p' "$headers")
echo "   missing scope: $missing"

echo '4. Request a token that can also write.'
request_token 200 "fakebookapi.read $missing"
admin_token=$(read_json access_token)

echo '5. Add the book.'
execute 200 "$admin_token" "$ADD"
echo "   $body"

echo '6. Request the scope openid: 400. Client credentials have no user, so there is no ID token.'
request_token 400 openid
echo "   $body"
