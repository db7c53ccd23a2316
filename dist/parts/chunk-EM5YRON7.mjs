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

// src/core/text/secrets.ts
var SHAPES = [
  { name: "GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{30,255})/g },
  { name: "GitLab token", pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,255}/g },
  { name: "Anthropic key", pattern: /\bsk-ant-[A-Za-z0-9_-]{24,255}/g },
  { name: "OpenAI key", pattern: /\bsk-(?=[a-z_-]{0,255}[0-9A-Z])[A-Za-z0-9_-]{40,255}/g },
  { name: "API key", pattern: /\bsk-[A-Za-z0-9_-]{20,255}/g, isVague: true },
  { name: "AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { name: "Google API key", pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { name: "Google OAuth token", pattern: /\bya29\.[A-Za-z0-9_-]{30,512}/g },
  { name: "Slack token", pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g },
  { name: "Stripe key", pattern: /\b[rs]k_live_[A-Za-z0-9]{20,255}/g },
  { name: "npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { name: "PyPI token", pattern: /\bpypi-AgE[A-Za-z0-9_-]{50,512}/g },
  { name: "SendGrid key", pattern: /\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}/g },
  { name: "Hugging Face token", pattern: /\bhf_[A-Za-z0-9]{30,255}/g },
  {
    name: "signed web token",
    pattern: /\beyJ[A-Za-z0-9_-]{8,1024}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,1024}/g
  },
  {
    name: "URL with a password",
    pattern: /(\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/:@"'<>]{0,100}:)[^\s/:@"'<>]{3,200}(?=@[A-Za-z0-9[])/gi,
    hasLead: true
  },
  {
    name: "password of a URL",
    pattern: /(:\/\/[^\s/:@]{0,100}:)[^\s/@[]{1,200}(?=@)/g,
    hasLead: true,
    isVague: true
  },
  {
    name: "authorization",
    pattern: /(\b(?:proxy-)?authorization[ \t]{0,8}:[ \t]{0,8}(?:basic|bearer|token)[ \t]{1,8})(?!\[)[^\s"']{6,4096}/gi,
    hasLead: true,
    isVague: true
  }
];
var HINTS = /gh[pousr]_|github_pat_|gl(?:pat|dt|rt|cbt|ptt|ft|soat)-|sk-|A(?:KIA|SIA|Iza)|ya29\.|xox[abeoprs]-|[rs]k_live_|npm_|pypi-|SG\.|hf_|eyJ|:\/\/|authorization/i;
var PRIVATE_KEY_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/;
var PRIVATE_KEY_END = /-----END (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/;
var MAX_PRIVATE_KEY_LENGTH = 2e4;
var PLACEHOLDER = /example|placeholder|your[-_]?|dummy|fake|changeme|password|passwd|secret|user:pass|x{6,}|\*{3,}|\$\{|\{\{|<[a-z]/i;
function findSecretShapes(text) {
  const found = PRIVATE_KEY_BEGIN.test(text) ? ["private key"] : [];
  if (!HINTS.test(text)) return found;
  for (const { name, pattern, isVague } of SHAPES) {
    if (isVague === true) continue;
    for (const match of text.matchAll(pattern)) {
      if (PLACEHOLDER.test(match[0])) continue;
      found.push(name);
      break;
    }
  }
  return found;
}
function replaceSecretShapes(text, mark) {
  if (!HINTS.test(text)) return text;
  let clean = text;
  for (const { name, pattern, hasLead } of SHAPES)
    clean = clean.replace(pattern, `${hasLead === true ? "$1" : ""}${mark(name)}`);
  return clean;
}
function findShapeAround(text, position) {
  for (const { pattern } of SHAPES)
    for (const match of text.matchAll(pattern))
      if (match.index < position && match.index + match[0].length > position) return match.index;
  return null;
}
function redactSecrets(text, known = []) {
  let clean = text;
  for (const value of known) if (value.length >= 8) clean = clean.replaceAll(value, "[redacted]");
  clean = replaceSecretShapes(clean, (name) => `[redacted ${name}]`);
  if (!PRIVATE_KEY_BEGIN.test(clean)) return clean;
  return clean.replace(new RegExp(PRIVATE_KEY_BEGIN, "g"), "[redacted private key]").replace(/(\[redacted private key\])[^[]{0,20000}?-----END [A-Z0-9 ]{0,60}-----/g, "$1").replace(/(\[redacted private key\])(?:\n[A-Za-z0-9+/=]{16,128})+/g, "$1");
}

export {
  PRIVATE_KEY_BEGIN,
  PRIVATE_KEY_END,
  MAX_PRIVATE_KEY_LENGTH,
  findSecretShapes,
  replaceSecretShapes,
  findShapeAround,
  redactSecrets
};
