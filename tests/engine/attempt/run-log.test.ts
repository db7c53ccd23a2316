import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { openRunLog } from '../../../src/engine/attempt/run-log.ts';

function keep(pieces: readonly string[], secrets: readonly string[]): string {
  let kept = '';
  const log = openRunLog({ write: (text) => void (kept += text), close: () => Promise.resolve() }, secrets);
  for (const piece of pieces) log.write(piece);
  log.end();
  return kept;
}

describe('the log of one run', () => {
  it('is what was written, where nothing is secret and it is not too much', () => {
    expect(keep(['a', '', 'b\n'], [])).toBe('ab\n');
  });

  it('holds no secret, however the output is cut', () => {
    const piece = fc.constantFrom('0123', '4567', '89', 'x', '\n', 'handed-in-value', 'handed-', 'in-value');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const secrets = ['0123456789', 'handed-in-value'];
        const wanted = secrets.reduce((text, value) => text.replaceAll(value, '[redacted]'), pieces.join(''));
        expect(keep(pieces, secrets)).toBe(wanted);
      }),
    );
  });

  it('keeps the beginning and the end of a flood, and says what is missing', () => {
    const kept = keep(['first ', ...Array.from({ length: 40 }, () => 'x'.repeat(1024 * 1024)), ' last'], []);
    expect(kept.length).toBeLessThan(6 * 1024 * 1024);
    expect(kept.startsWith('first x')).toBe(true);
    expect(kept.endsWith('x last')).toBe(true);
    expect(kept).toMatch(/\n\[… \d+ characters left out …\]\n/);
  });
});
