import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addUsage } from '../../../src/core/agents/agent-reading.ts';
import { readUsageFile } from '../../../src/core/agents/command-agent.ts';
import { Usage } from '../../../src/core/ledger/evidence.ts';

describe('a sum of usage', () => {
  it('is always what a ledger can be read back with, whatever agents claim', () => {
    const count = fc.option(fc.oneof(fc.maxSafeInteger(), fc.constant(Number.MAX_SAFE_INTEGER)));
    const claim = fc.record({
      costUsd: fc.option(fc.oneof(fc.double({ noNaN: true }), fc.constant(Number.MAX_VALUE))),
      inputTokens: count,
      outputTokens: count,
      turns: count,
    });
    fc.assert(
      fc.property(fc.array(claim, { minLength: 1, maxLength: 4 }), (claims) => {
        const usages = claims.map((one) => readUsageFile(JSON.stringify(one)));
        const sum = usages.reduce(addUsage);
        expect(Usage.safeParse(JSON.parse(JSON.stringify(sum))).data).toEqual(sum);
      }),
    );
  });

  it('of more than can be counted is unknown, so that the whole reservation counts', () => {
    const most = readUsageFile('{"costUsd": 1.7e308, "inputTokens": 9007199254740991}');
    expect(addUsage(most, most)).toMatchObject({ costUsd: null, inputTokens: null });
  });
});
