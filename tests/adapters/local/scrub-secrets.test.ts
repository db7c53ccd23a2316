import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { openSecretScrubber, scrubSecrets } from '../../../src/adapters/local/scrub-secrets.ts';

/** Made up here, so that no token of any shape stands in this file. */
function fake(prefix: string, length: number): string {
  return prefix + 'aB3'.repeat(length).slice(0, length);
}

describe('secrets in text', () => {
  it.each([
    { name: 'a GitHub token', secret: fake('ghp_', 36) },
    { name: 'a fine-grained GitHub token', secret: fake('github_pat_', 60) },
    { name: 'an API key with the prefix sk-', secret: fake('sk-ant-', 40) },
    { name: 'an AWS key id', secret: `AKIA${'AB12'.repeat(4)}` },
    { name: 'a Slack token', secret: fake('xoxb-', 20) },
    { name: 'a web token', secret: `${fake('eyJ', 20)}.${fake('eyJ', 20)}.${fake('', 20)}` },
  ])('are taken out by shape: $name', ({ secret }) => {
    expect(scrubSecrets(`before ${secret} after\n`, [])).toBe('before [secret] after\n');
  });

  it('are taken out of addresses and headers, leaving what tells the reader where', () => {
    expect(scrubSecrets('GET https://me:pa55word@host.example/x', [])).toBe('GET https://me:[secret]@host.example/x');
    expect(scrubSecrets('authorization: Bearer abc.def-123456', [])).toBe('authorization: Bearer [secret]');
  });

  it('are taken out as private keys, whole', () => {
    const key = ['-----BEGIN RSA PRIVATE', 'KEY-----\nMIIE\nabcd\n-----END RSA PRIVATE', 'KEY----- tail\nnext\n'].join(
      ' ',
    );
    expect(scrubSecrets(`x ${key}`, [])).toBe('x [secret]\n tail\nnext\n');
  });

  it('do not take the rest of the text with them where a private key has no end', () => {
    const begin = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');
    const body = 'MIIEabcd\n'.repeat(1000);
    const clean = scrubSecrets(`x\n${begin}\n${body}${'later text\n'.repeat(2000)}the end\n`, []);
    expect(clean.startsWith('x\n[secret]\n')).toBe(true);
    expect(clean).not.toContain('MIIE');
    expect(clean.endsWith('later text\nthe end\n')).toBe(true);
  });

  it('are taken out in blocks of lines as they are line by line', () => {
    const secret = 'correct-horse-battery-staple';
    const key = [['-----BEGIN', 'PRIVATE KEY-----'].join(' '), 'MIIE', ['-----END', 'PRIVATE KEY-----'].join(' ')];
    const line = fc.constantFrom('', 'plain', secret, fake('ghp_', 36), 'https://a:b1c2d3@h/x', key.join('\n'));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const scrubber = openSecretScrubber([secret]);
        const one = lines
          .map((text) =>
            text
              .split('\n')
              .map((each) => scrubber.push(`${each}\n`))
              .join(''),
          )
          .join('');
        const whole = scrubSecrets(lines.map((text) => `${text}\n`).join(''), [secret]);
        expect(whole).toBe(one + scrubber.end());
        expect(whole).not.toMatch(/ghp_|b1c2|MIIE|horse/);
      }),
    );
  });

  it('are taken out as they look in a URL, in JSON and in base64', () => {
    const secret = 'p&s"w d/1234';
    for (const spelling of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), btoa(secret)])
      expect(scrubSecrets(`<${spelling}>`, [secret])).toBe('<[secret]>');
  });

  it('are not looked for when they are too short to mean anything', () => {
    expect(scrubSecrets('a true story', ['true', ''])).toBe('a true story');
  });

  it('of several lines are taken out line by line', () => {
    expect(scrubSecrets('x first-line\nsecond-line y\n', ['first-line\nsecond-line'])).toBe('x [secret]\n[secret] y\n');
  });

  it('are found however the text is cut into pieces', () => {
    const secret = 'correct horse battery staple';
    const text = `one ${secret} two\n${secret}${secret}\nthree`;
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length }), { maxLength: 12 }), (cuts) => {
        const scrubber = openSecretScrubber([secret]);
        const at = [0, ...cuts.sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, n) => text.slice(at[n], end));
        const clean = pieces.map((piece) => scrubber.push(piece)).join('') + scrubber.end();
        expect(clean).toBe('one [secret] two\n[secret][secret]\nthree');
      }),
    );
  });

  it('are found in a line that never ends, cut at any place', () => {
    const secret = 'correct-horse-battery-staple';
    const scrubber = openSecretScrubber([secret]);
    let clean = '';
    for (let at = 0; at < 400; at += 1) clean += scrubber.push('x'.repeat(997)) + scrubber.push(secret);
    clean += scrubber.end();
    expect(clean.indexOf(secret)).toBe(-1);
    expect(clean.match(/\[secret\]/g)?.length).toBe(400);
    expect(clean.replaceAll('[secret]', '').length).toBe(400 * 997);
  });

  it('leave any other text as it is', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z :/\n-]{0,40}$/)), (pieces) => {
        const scrubber = openSecretScrubber(['ZZZZZZZZZZ']);
        expect(pieces.map((piece) => scrubber.push(piece)).join('') + scrubber.end()).toBe(pieces.join(''));
      }),
    );
  });

  it('are looked for in time that grows with the text, not faster', () => {
    const started = performance.now();
    scrubSecrets(`https://${'a:'.repeat(100_000)}\n${'eyJaaaaaaaaa.'.repeat(20_000)}\nsk-${'-'.repeat(200_000)}`, [
      'secret',
    ]);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
