/**
 * Well-known shapes of credentials, found in what an agent wrote and taken out of what is kept. A guard against
 * accidents: whoever wants to smuggle a secret can encode it, which is why no secret is given to a sandbox
 * unless the plan names it.
 */

/** One shape. `pattern` is global and matches the secret itself. */
interface SecretShape {
  name: string;
  pattern: RegExp;
}

// Each shape has a fixed prefix and bounded, non-nested repetition, so that none can backtrack for long.
const SHAPES: readonly SecretShape[] = [
  { name: 'private key', pattern: /-----BEGIN (?:[A-Z0-9]{1,16} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g },
  { name: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{36,255})/g },
  { name: 'GitLab token', pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat)-[A-Za-z0-9_-]{20,255}/g },
  { name: 'Anthropic key', pattern: /\bsk-ant-[A-Za-z0-9_-]{24,255}/g },
  { name: 'OpenAI key', pattern: /\bsk-(?=[a-z_-]{0,255}[0-9A-Z])[A-Za-z0-9_-]{40,255}/g },
  { name: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { name: 'Google API key', pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { name: 'Google OAuth token', pattern: /\bya29\.[A-Za-z0-9_-]{30,512}/g },
  { name: 'Slack token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{16,255}/g },
  { name: 'Stripe key', pattern: /\b[rs]k_live_[A-Za-z0-9]{20,255}/g },
  { name: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { name: 'PyPI token', pattern: /\bpypi-AgE[A-Za-z0-9_-]{50,512}/g },
  { name: 'SendGrid key', pattern: /\bSG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}/g },
  { name: 'Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{30,255}/g },
  {
    name: 'signed web token',
    pattern: /\beyJ[A-Za-z0-9_-]{16,1024}\.eyJ[A-Za-z0-9_-]{16,2048}\.[A-Za-z0-9_-]{16,1024}/g,
  },
  {
    name: 'URL with a password',
    pattern: /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s/:@"'<>]{1,100}:[^\s/:@"'<>]{3,200}@[A-Za-z0-9[]/g,
  },
];

// What documentation and tests put where a secret would stand.
const PLACEHOLDER =
  /example|placeholder|your[-_]?|dummy|fake|changeme|password|passwd|secret|user:pass|x{6,}|\*{3,}|\$\{|\{\{|<[a-z]/i;

/** Names of the shapes that occur in `text`, each once. The secret itself is never returned. */
export function findSecretShapes(text: string): string[] {
  const found: string[] = [];
  for (const { name, pattern } of SHAPES) {
    for (const match of text.matchAll(pattern)) {
      if (PLACEHOLDER.test(match[0])) continue;
      found.push(name);
      break;
    }
  }
  return found;
}

/**
 * Replaces everything that has the shape of a credential, placeholders too, and every one of `known` (values that
 * were handed to the sandbox; those shorter than 8 characters would blank out ordinary words and are left).
 */
export function redactSecrets(text: string, known: readonly string[] = []): string {
  let clean = text;
  for (const value of known) if (value.length >= 8) clean = clean.replaceAll(value, '[redacted]');
  for (const { name, pattern } of SHAPES) clean = clean.replace(pattern, `[redacted ${name}]`);
  // The header alone is no secret: the body that follows it is.
  return clean
    .replace(/(\[redacted private key\])[^[]{0,20000}?-----END [A-Z0-9 ]{0,60}-----/g, '$1')
    .replace(/(\[redacted private key\])(?:\n[A-Za-z0-9+/=]{16,128})+/g, '$1');
}
