import { readFile } from 'node:fs/promises';

import { expect, it } from 'vitest';

import { Evidence } from '../../../src/core/ledger/evidence.ts';
import { describeEngine } from '../../support/engines.ts';
import { openLegStage, script } from './leg-stage.ts';

describeEngine('docker', 'a leg whose configuration names no engine', (fixture) => {
  it('is confined by the strongest that the runner has, which its log and its evidence name', async () => {
    const looks = 'find / -name "*.sock" -not -path "/proc/*" 2>/dev/null > src/found.txt; echo two > src/a.txt';
    await using stage = await openLegStage({
      task: { agent: script(looks) },
      files: { '.github/espalier.yml': '# nothing is said\n' },
    });
    const { DOCKER_HOST = '' } = fixture().env;
    const work = await stage.run('work', { env: { DOCKER_HOST } });
    expect(work).toMatchObject({ code: 0, outputs: { outcome: 'good' } });
    expect(work.log).toMatch(/^Sandbox: docker, the strongest engine that works here/m);
    const verify = await stage.run('verify', { env: { DOCKER_HOST }, inputs: stage.carry(work, ['work', 'pack']) });
    const evidence = Evidence.parse(JSON.parse(await readFile(verify.outputs['evidence'] ?? '', 'utf8')));
    expect(evidence).toMatchObject({ outcome: 'verified', sandbox: { engine: 'docker', waived: [] } });
    const files = { ...stage.carry(work, ['work', 'pack']), ...stage.carry(verify, ['evidence']) };
    expect(await stage.run('publish', { inputs: files })).toMatchObject({ outputs: { outcome: 'published' } });
    expect(await stage.read(evidence.headSha ?? '', 'src/found.txt')).toBe('');
  }, 120_000);

  it('is refused with the reason where its image is not to be had', async () => {
    const image = `127.0.0.1:1/image@sha256:${'a'.repeat(64)}`;
    await using stage = await openLegStage({
      files: { '.github/espalier.yml': `sandbox:\n  image: ${image}\n  engine: docker\n` },
    });
    const { DOCKER_HOST = '' } = fixture().env;
    const work = await stage.run('work', { env: { DOCKER_HOST } });
    expect(work).toMatchObject({ code: 0, outputs: { outcome: 'failed' } });
    const evidence = Evidence.parse(JSON.parse(await readFile(work.outputs['evidence'] ?? '', 'utf8')));
    expect(evidence.failure).toMatchObject({ cause: 'sandbox-failed' });
    expect(evidence.failure?.detail).toMatch(/docker could not pull it.*pull the image in a step before/);
  }, 120_000);
});
