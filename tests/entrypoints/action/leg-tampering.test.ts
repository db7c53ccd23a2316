/** What one job leaves is hostile to the next: whatever is in it, it is refused with its reason and harms nothing. */
import { createHash } from 'node:crypto';
import { readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Evidence } from '../../../src/core/ledger/evidence.ts';
import type { WorkRecord } from '../../../src/core/ledger/work-record.ts';
import { makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';
import { packedStream, rawTree, writeRawObject } from '../../support/git-intake.ts';
import { type LegStage, openLegStage, RECEIPT_REF, script, type StepEnd } from './leg-stage.ts';

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function evidenceAt(file: string | undefined): Promise<Evidence> {
  return Evidence.parse(JSON.parse(await readFile(file ?? '', 'utf8')));
}

describe('what work left', { timeout: 120_000 }, () => {
  let stage: LegStage;
  let hostile: RepositoryFixture;
  let work: StepEnd;
  let record: WorkRecord;
  let pack: Buffer;

  beforeAll(async () => {
    stage = await openLegStage();
    hostile = await makeRepository();
    work = await stage.run('work');
    record = JSON.parse(await readFile(work.outputs['work'] ?? '', 'utf8')) as WorkRecord;
    pack = await readFile(work.outputs['pack'] ?? '');
  }, 120_000);
  afterAll(async () => {
    await hostile[Symbol.asyncDispose]();
    await stage[Symbol.asyncDispose]();
  });

  let files = 0;

  /** Inputs for a file with these bytes, and the digest of others where that is asked for. */
  async function given(name: 'pack' | 'work', bytes: Uint8Array | string, digest = sha256(bytes)) {
    files += 1;
    const file = path.join(stage.folder, `given-${files}`);
    await writeFile(file, bytes);
    return { [name]: file, [`${name}-sha256`]: digest };
  }

  /** Why a verification with these inputs over the honest ones is refused. */
  async function refusalOf(inputs: Record<string, string>): Promise<string> {
    const verify = await stage.run('verify', { inputs: { ...stage.carry(work, ['work', 'pack']), ...inputs } });
    expect(verify).toMatchObject({ code: 0, outputs: { outcome: 'done' } });
    const evidence = await evidenceAt(verify.outputs['evidence']);
    expect(evidence).toMatchObject({
      outcome: 'failed',
      headSha: null,
      failure: { cause: 'intake-refused' },
      tests: [],
    });
    return evidence.failure?.detail ?? '';
  }

  /** A pack of a tree with raw entries, with the record of an honest work on just that tree. */
  async function evilTree(entries: { mode: string; name: string; id: string }[], ids: string[]) {
    const tree = await writeRawObject(hostile, 'tree', rawTree(entries));
    const bytes = await packedStream(hostile, tree, [tree, ...ids]);
    const forged = { ...record, head: record.head === null ? null : { ...record.head, treeSha: tree } };
    return { ...(await given('pack', bytes)), ...(await given('work', JSON.stringify(forged))) };
  }

  it('is refused if a byte of the pack is another than when it was left', async () => {
    const bytes = Buffer.from(pack);
    bytes[60] = (bytes[60] ?? 0) ^ 1;
    expect(await refusalOf(await given('pack', bytes, sha256(pack)))).toMatch(/pack is not the file that its job left/);
  });

  it('is refused if the record is another, if it is missing, or a link', async () => {
    const text = JSON.stringify({ ...record, iterations: 4 });
    const digest = work.outputs['work-sha256'] ?? '';
    expect(await refusalOf(await given('work', text, digest))).toMatch(/work record is not the file that its job left/);
    expect(await refusalOf({ 'pack-sha256': '', pack: '' })).toMatch(/left no pack/);
    const linked = path.join(stage.folder, 'linked');
    await symlink('/etc/passwd', linked);
    expect(await refusalOf({ pack: linked })).toMatch(/cannot be opened \(ELOOP\)/);
  });

  it('is refused if the record says more than work may say, or is of another leg', async () => {
    const forgedTest = { ...record.tests[0], stage: 'verify' };
    expect(await refusalOf(await given('work', JSON.stringify({ ...record, tests: [forgedTest] })))).toMatch(
      /not one of this version/,
    );
    expect(await refusalOf(await given('work', JSON.stringify({ ...record, attempt: 2 })))).toMatch(
      /of another attempt/,
    );
    expect(await refusalOf(await given('work', JSON.stringify({ ...record, task: '../../x' })))).toMatch(
      /of another task/,
    );
    expect(await refusalOf(await given('work', '{"version":1'))).toMatch(/not JSON/);
    expect(await refusalOf(await given('work', Buffer.from([0xff, 0xfe, 0x7b])))).toMatch(/no UTF-8/);
  });

  it('is refused if the pack holds another tree than the record says, or the commit does not come out', async () => {
    const { head } = record;
    if (head === null) throw new Error('The work made no head.');
    const otherDate = { ...record, head: { ...head, atMs: head.atMs + 5_000 } };
    expect(await refusalOf(await given('work', JSON.stringify(otherDate)))).toMatch(
      /its tree gives commit [0-9a-f]{40}/,
    );
    const otherTree = { ...record, head: { ...head, treeSha: 'd'.repeat(40) } };
    expect(await refusalOf(await given('work', JSON.stringify(otherTree)))).toMatch(/the pack has tree [0-9a-f]{40}/);
  });

  it.each(['.git', '.GIT', 'git~1', '..', '.', ''])('is refused if a tree of it has an entry %j', async (name) => {
    const blob = await writeRawObject(hostile, 'blob', Buffer.from('evil\n'));
    expect(await refusalOf(await evilTree([{ mode: '100644', name, id: blob }], [blob]))).toMatch(/not sound/);
  });

  it('is refused if it is cut short, has more objects than its tree, or is no pack', async () => {
    expect(await refusalOf(await given('pack', pack.subarray(0, pack.length - 25)))).toMatch(/refused/);
    const blob = await writeRawObject(hostile, 'blob', Buffer.from('two\n'));
    const stray = await writeRawObject(hostile, 'blob', Buffer.from('stray\n'));
    const inputs = await evilTree([{ mode: '100644', name: 'a', id: blob }], [blob, stray]);
    expect(await refusalOf(inputs)).toMatch(/no part of its tree/);
    expect(await refusalOf(await given('pack', `PK\u0003\u0004 a zip with ../../evil ${'x'.repeat(100)}`))).toMatch(
      /does not begin with the name of a tree/,
    );
  });

  it('is refused if it is absurdly large, before it is read', async () => {
    const file = path.join(stage.folder, 'huge');
    await writeFile(file, '');
    // A hole in a file: it takes no room.
    await truncate(file, 400 * 1024 * 1024);
    expect(await refusalOf({ pack: file })).toMatch(/419430400 bytes; at most/);
  });

  it('is not followed out of the work tree: a link that leads there breaks a rule', async () => {
    const own = await openLegStage({ task: { agent: script('echo two > src/a.txt; ln -s /etc/passwd escape') } });
    try {
      const left = await own.run('work');
      expect(await evidenceAt(left.outputs['evidence'])).toMatchObject({ failure: { cause: 'tree-refused' } });
    } finally {
      await own[Symbol.asyncDispose]();
    }
  });
});

describe('what is to be published', { timeout: 120_000 }, () => {
  let stage: LegStage;
  let work: StepEnd;
  let verify: StepEnd;

  beforeAll(async () => {
    stage = await openLegStage();
    work = await stage.run('work');
    verify = await stage.run('verify', { inputs: stage.carry(work, ['work', 'pack']) });
  }, 120_000);
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
  });

  /** Why publishing is refused; the receipt that says so is removed, so that the next begins anew. */
  async function refusalOf(inputs: Record<string, string>): Promise<string> {
    const { fixture, carry, run, read } = stage;
    const publish = await run('publish', {
      inputs: { ...carry(work, ['work', 'pack']), ...carry(verify, ['evidence']), ...inputs },
    });
    expect(publish).toMatchObject({ code: 1, outputs: { outcome: 'refused' } });
    const tip = fixture.repository.refs.get(RECEIPT_REF) ?? '';
    const evidence = Evidence.parse(JSON.parse((await read(tip, 'evidence.json')) ?? ''));
    expect(evidence).toMatchObject({ outcome: 'failed', headSha: null, failure: { cause: 'publish-refused' } });
    expect(await read(tip, 'src/a.txt')).toBeNull();
    fixture.repository.refs.delete(RECEIPT_REF);
    await fixture.world.git.run(fixture.repository.gitDir, ['update-ref', '-d', RECEIPT_REF]);
    return evidence.failure?.detail ?? '';
  }

  async function evidence(change: object): Promise<Record<string, string>> {
    const honest = JSON.parse(await readFile(verify.outputs['evidence'] ?? '', 'utf8')) as Evidence;
    const text = JSON.stringify({ ...honest, ...change });
    const file = path.join(stage.folder, `evidence-${sha256(text).slice(0, 8)}`);
    await writeFile(file, text);
    return { evidence: file, 'evidence-sha256': sha256(text) };
  }

  it('is refused if its evidence is not what its job left', async () => {
    const { evidence: file = '' } = await evidence({ iterations: 3 });
    expect(await refusalOf({ evidence: file })).toMatch(/evidence is not the file that its job left/);
  });

  it('is refused if the job work says that it is verified', async () => {
    expect(await refusalOf({ 'evidence-from': 'work' })).toMatch(/work may only say that it failed/);
  });

  it.each([
    ['of another attempt', { attempt: 2 }, /bound to another attempt/],
    ['of another base', { baseSha: 'e'.repeat(40) }, /bound to another attempt/],
    ['of another commit', { headSha: 'e'.repeat(40) }, /evidence is of commit e{40}/],
    ['of another tree', { treeSha: 'e'.repeat(40) }, /evidence is of tree e{40}/],
    ['of another version', { version: 2 }, /not one of this version/],
    [
      'with a cause that only the reader of runs gives',
      { outcome: 'failed', failure: { cause: 'run-lost', detail: '', feedback: '', isTransient: true } },
      /cannot say 'run-lost'/,
    ],
  ])('is refused if its evidence is %s', async (_name, change, because) => {
    expect(await refusalOf(await evidence(change))).toMatch(because);
  });

  it('is refused if the pack is that of another leg', async () => {
    const other = await openLegStage({ task: { agent: script('echo two, too > src/a.txt') } });
    try {
      const left = await other.run('work');
      expect(await refusalOf(other.carry(left, ['pack']))).toMatch(/the pack has tree/);
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });

  it('never replaces a receipt that stands there', async () => {
    const { fixture, base, run, carry } = stage;
    fixture.repository.refs.set(RECEIPT_REF, base);
    await fixture.world.git.run(fixture.repository.gitDir, ['update-ref', RECEIPT_REF, base]);
    const inputs = { ...carry(work, ['work', 'pack']), ...carry(verify, ['evidence']) };
    const publish = await run('publish', { inputs });
    expect(publish).toMatchObject({ code: 1, outputs: { outcome: 'refused' } });
    expect(publish.log).toMatch(/Another receipt of this leg is published already/);
    expect(fixture.repository.refs.get(RECEIPT_REF)).toBe(base);
  });
});
