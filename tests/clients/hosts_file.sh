#!/usr/bin/env bash
# A hosts file and port 443: clients that know the real host names and honour no proxy. All of it
# happens in namespaces of its own, so that neither the machine's hosts file nor its ports are touched.
#
# usage: hosts_file.sh PCMOCK FOLDER
set -euo pipefail
export PCMOCK=$1 FOLDER=$2
mkdir -p "$FOLDER"
if [ "${INSIDE:-}" != yes ]; then
  if ! unshare -rmn true 2>/dev/null; then
    echo "this machine allows no namespaces: not tested"
    echo "0 passed, 1 failed"
    exit 1
  fi
  INSIDE=yes exec unshare -rmn bash "$0" "$PCMOCK" "$FOLDER"
fi
cd "$FOLDER"
unset HTTPS_PROXY https_proxy ALL_PROXY all_proxy SSL_CERT_FILE CURL_CA_BUNDLE REQUESTS_CA_BUNDLE
ip link set lo up
cat >hosts <<'END'
127.0.0.1 localhost
127.0.0.1 login.microsoftonline.com api.partnercenter.microsoft.com
127.0.0.1 management.azure.com graph.microsoft.com graph.windows.net api.partner.microsoft.com
END
mount --bind hosts /etc/hosts
"$PCMOCK" --port 4580 --https-port 443 --data-dir "$FOLDER/data" >server.out 2>server.log &
server=$!
trap 'kill $server' EXIT
"$PCMOCK" wait --timeout 20 >/dev/null
ca=$FOLDER/data/ca.pem
passed=0 failed=0
says() {
  local expected=$1 answer
  shift
  answer=$("$@" 2>&1) || true
  if [[ $answer == *"$expected"* ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "$*: no $expected in: $answer"
  fi
}
says '"resourceManager":"https://management.azure.com/"' \
  curl -sS --cacert "$ca" 'https://management.azure.com/metadata/endpoints?api-version=2022-09-01'
says '"token_endpoint":"https://login.microsoftonline.com/' \
  curl -sS --cacert "$ca" https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration
says 200 env NODE_EXTRA_CA_CERTS="$ca" node -e '
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: "31e8d0a4-6c2b-4f97-a5d3-90f7e1b2c846",
    client_secret: "demo-secret", scope: "https://api.partnercenter.microsoft.com/.default" });
  const login = "https://login.microsoftonline.com/7c0d2f84-91e5-4b3a-8a26-5d1e9c4f7b30/oauth2/v2.0/token";
  fetch(login, { method: "POST", body: form }).then((answer) => answer.json()).then(({ access_token }) =>
    fetch("https://api.partnercenter.microsoft.com/v1/customers", { headers: { Authorization: `Bearer ${access_token}` } }))
    .then((answer) => console.log(answer.status));'
says 'the hosts file leads the real host names here' \
  env PCMOCK_URL=http://127.0.0.1:4580 REQUESTS_CA_BUNDLE="$ca" CURL_CA_BUNDLE="$ca" SSL_CERT_FILE="$ca" NODE_EXTRA_CA_CERTS="$ca" "$PCMOCK" doctor
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
