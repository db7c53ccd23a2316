import { describe, expect, it } from 'vitest';

import { readBranchName } from '../../src/core/ids.ts';

describe('a branch name of a plan', () => {
  it.each(['espalier/plan/landed', 'Espalier/plan/landed', 'ESPALIER-LEDGER/plan', 'Archive/Espalier/x', 'eSpalier'])(
    'is refused as %s, since that file is one of Espalier’s own where a file system ignores case',
    (name) => {
      expect(readBranchName(name)).toMatchObject({ ok: false });
    },
  );

  it.each(['espaliers/x', 'my/espalier/x', 'archive/x'])('may be %s', (name) => {
    expect(readBranchName(name)).toEqual({ ok: true, value: name });
  });
});
