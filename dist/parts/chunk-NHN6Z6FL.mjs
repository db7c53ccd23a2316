#!/usr/bin/env node
import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 20)) {
    console.error('espalier needs Node 22.20 or later; this is Node ' + process.versions.node + '.');
    process.exit(3);
  }
}

// src/core/report/exit-codes.ts
var EXIT_CODE_TABLE = [
  { code: 0, name: "ok", meaning: "Done: every task landed, or the command found nothing wrong." },
  { code: 1, name: "findings", meaning: "Some task did not land, the final tests failed, or a check found something." },
  { code: 2, name: "usage", meaning: "The command line, the plan or the configuration is wrong; nothing was started." },
  {
    code: 3,
    name: "unfit",
    meaning: "The machine or the repository is not fit: no sandbox engine, a missing program, no commits, a dirty base, a full disk."
  },
  { code: 4, name: "busy", meaning: "Another run works on this plan." },
  {
    code: 5,
    name: "revised",
    meaning: "The plan differs from the one that was accepted; `--revise` takes the new one."
  },
  { code: 70, name: "internal", meaning: "A defect in Espalier; `--debug` shows the stack trace." },
  { code: 130, name: "interrupted", meaning: "Stopped by Ctrl-C or a signal; the same command goes on from there." }
];
function exitCodeOf(name) {
  const entry = EXIT_CODE_TABLE.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`no exit code is named ${name}`);
  return entry.code;
}

// src/adapters/github/app-token.ts
import { createPrivateKey as createPrivateKey2 } from "node:crypto";

// node_modules/universal-github-app-jwt/lib/utils.js
function isPkcs1(privateKey) {
  return privateKey.includes("-----BEGIN RSA PRIVATE KEY-----");
}
function isOpenSsh(privateKey) {
  return privateKey.includes("-----BEGIN OPENSSH PRIVATE KEY-----");
}
function string2ArrayBuffer(str) {
  const buf = new ArrayBuffer(str.length);
  const bufView = new Uint8Array(buf);
  for (let i = 0, strLen = str.length; i < strLen; i++) {
    bufView[i] = str.charCodeAt(i);
  }
  return buf;
}
function getDERfromPEM(pem) {
  const pemB64 = pem.trim().split("\n").slice(1, -1).join("");
  const decoded = atob(pemB64);
  return string2ArrayBuffer(decoded);
}
function getEncodedMessage(header, payload) {
  return `${base64encodeJSON(header)}.${base64encodeJSON(payload)}`;
}
function base64encode(buffer) {
  var binary = "";
  var bytes = new Uint8Array(buffer);
  var len = bytes.byteLength;
  for (var i = 0; i < len; i++) {
    binary += String.fromCharCode(bytes[i]);
  }
  return fromBase64(btoa(binary));
}
function fromBase64(base64) {
  return base64.replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_");
}
function base64encodeJSON(obj) {
  return fromBase64(btoa(JSON.stringify(obj)));
}

// node_modules/universal-github-app-jwt/lib/crypto-node.js
import { subtle } from "node:crypto";
import { createPrivateKey } from "node:crypto";
function convertPrivateKey(privateKey) {
  if (!isPkcs1(privateKey)) return privateKey;
  return createPrivateKey(privateKey).export({
    type: "pkcs8",
    format: "pem"
  });
}

// node_modules/universal-github-app-jwt/lib/get-token.js
async function getToken({ privateKey, payload }) {
  const convertedPrivateKey = convertPrivateKey(privateKey);
  if (isPkcs1(convertedPrivateKey)) {
    throw new Error(
      "[universal-github-app-jwt] Private Key is in PKCS#1 format, but only PKCS#8 is supported. See https://github.com/gr2m/universal-github-app-jwt#private-key-formats"
    );
  }
  if (isOpenSsh(convertedPrivateKey)) {
    throw new Error(
      "[universal-github-app-jwt] Private Key is in OpenSSH format, but only PKCS#8 is supported. See https://github.com/gr2m/universal-github-app-jwt#private-key-formats"
    );
  }
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: { name: "SHA-256" }
  };
  const header = { alg: "RS256", typ: "JWT" };
  const privateKeyDER = getDERfromPEM(convertedPrivateKey);
  const importedKey = await subtle.importKey(
    "pkcs8",
    privateKeyDER,
    algorithm,
    false,
    ["sign"]
  );
  const encodedMessage = getEncodedMessage(header, payload);
  const encodedMessageArrBuf = string2ArrayBuffer(encodedMessage);
  const signatureArrBuf = await subtle.sign(
    algorithm.name,
    importedKey,
    encodedMessageArrBuf
  );
  const encodedSignature = base64encode(signatureArrBuf);
  return `${encodedMessage}.${encodedSignature}`;
}

// node_modules/universal-github-app-jwt/index.js
async function githubAppJwt({
  id,
  privateKey,
  now = Math.floor(Date.now() / 1e3)
}) {
  const privateKeyWithNewlines = privateKey.replace(/\\n/g, "\n");
  const nowWithSafetyMargin = now - 30;
  const expiration = nowWithSafetyMargin + 60 * 10;
  const payload = {
    iat: nowWithSafetyMargin,
    // Issued at time
    exp: expiration,
    iss: id
  };
  const token = await getToken({
    privateKey: privateKeyWithNewlines,
    payload
  });
  return {
    appId: id,
    expiration,
    token
  };
}

// src/adapters/github/app-token.ts
function readPrivateKey(pem) {
  try {
    return createPrivateKey2(pem).export({ type: "pkcs8", format: "pem" }).toString();
  } catch {
    throw new Error(
      "The app's private key cannot be read. It is a PEM file of several lines that begins with '-----BEGIN RSA PRIVATE KEY-----'; write its line breaks as they are, or as '\\n' in an environment variable."
    );
  }
}
async function signAppToken(app, nowMs) {
  const { token } = await githubAppJwt({ ...app, now: Math.floor(nowMs / 1e3) });
  return token;
}

// src/core/intake/choose-redeliveries.ts
var REDELIVERY_WINDOW_MS = 3 * 864e5;
var MAX_TRIES = 5;
var SETTLE_MS = 6e4;
function chooseRedeliveries(facts) {
  const { succeeded, askedAtMs, nowMs } = facts;
  const tries = Map.groupBy(
    facts.failed.filter(
      ({ guid, deliveredAtMs }) => !succeeded.has(guid) && nowMs - deliveredAtMs < REDELIVERY_WINDOW_MS
    ),
    ({ guid }) => guid
  );
  const chosen = [];
  let givenUp = 0;
  for (const [guid, list] of tries) {
    const last = list.reduce((latest, one) => one.deliveredAtMs > latest.deliveredAtMs ? one : latest);
    const quietSinceMs = Math.max(last.deliveredAtMs, askedAtMs.get(guid) ?? 0);
    if (list.length >= MAX_TRIES) givenUp += 1;
    else if (nowMs - quietSinceMs >= SETTLE_MS) chosen.push(last);
  }
  chosen.sort((a, b) => a.deliveredAtMs - b.deliveredAtMs);
  return { chosen: chosen.slice(0, facts.limit), givenUp };
}

export {
  githubAppJwt,
  readPrivateKey,
  signAppToken,
  EXIT_CODE_TABLE,
  exitCodeOf,
  REDELIVERY_WINDOW_MS,
  chooseRedeliveries
};
