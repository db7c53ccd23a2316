/** Tasks that name a container image, run by real engines on images of their own. */
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { describeEngine, type EngineFixture, mustHaveEngines } from '../../support/engines.ts';
import { makeRepository, type RepositoryFixture } from '../../support/git-fixture.ts';
import { explainNoImage, importSmallImage } from '../../support/small-image.ts';
import { type CliResult, runCli } from './run-cli.ts';

const OAK = 'localhost/espalier-test-oak:1';
const ELM = 'localhost/espalier-test-elm:1';

/** Each task writes down in which image it was made; its test and the final one look whether they run in the same. */
const AGENT = `set -eu
cat /wood > "$ESPALIER_TASK.txt" 2>/dev/null || echo none > "$ESPALIER_TASK.txt"
`;
const TEST = `set -eu
if test -e /wood; then wood=$(cat /wood); else wood=none; fi
test "$(cat "$1.txt")" = "$wood"
`;
const PLAN = `plan: garden
final: [sh, tools/test.sh, a]
defaults:
  agent: {command: [sh, tools/agent.sh]}
  review: off
  retries: 0
tasks:
  a: {spec: x, owns: [a.txt], image: '${OAK}', test: [sh, tools/test.sh, a]}
  b: {spec: x, owns: [b.txt], image: '${ELM}', test: [sh, tools/test.sh, b]}
`;
const PLAIN = `${PLAN}  c: {spec: x, owns: [c.txt], test: [sh, tools/test.sh, c]}\n`;

let repository: RepositoryFixture;

beforeEach(async () => {
  repository = await makeRepository({ files: { 'tools/agent.sh': AGENT, 'tools/test.sh': TEST } });
});

afterEach(() => repository[Symbol.asyncDispose]());

async function run(plan: string, options: readonly string[], env: EngineFixture['env'] = {}): Promise<CliResult> {
  const args = ['--state-dir', repository.stateDir, 'run', '-', ...options];
  return runCli(args, { cwd: repository.path, env: { ...env, ...repository.env }, stdin: plan });
}

async function readLanded(file: string): Promise<string> {
  return repository.git('show', `espalier/garden/landed:${file}`);
}

const obstacle = explainNoImage();
if (obstacle !== null && mustHaveEngines()) throw new Error(obstacle);

describe.skipIf(obstacle !== null)('with a container engine', () => {
  const engine = 'docker';
  describeEngine(engine, 'tasks with images', (fixture) => {
    beforeAll(() => {
      importSmallImage(engine, fixture().env, { name: OAK, files: { wood: 'oak\n' } });
      importSmallImage(engine, fixture().env, { name: ELM, files: { wood: 'elm\n' } });
    });

    it('are worked on, tested and finished each in its own, and the others without one', async () => {
      const { code, stdout, stderr } = await run(PLAIN, ['--sandbox', engine], fixture().env);
      expect(stderr + stdout).toContain('3 of 3 tasks landed');
      expect(code).toBe(0);
      expect(await Promise.all(['a.txt', 'b.txt', 'c.txt'].map(readLanded))).toEqual(['oak', 'elm', 'none']);
      expect(stderr).toContain(`sandbox: a: ${engine}, asked for by name; it runs on image ${OAK}`);
      expect(stderr).toContain(`sandbox: b: ${engine}, asked for by name; it runs on image ${ELM}`);
      expect(stderr).toContain(`task 'a': 'image' is '${OAK}', under which another image can be put`);
    }, 120_000);

    it('are not asked where the command line names an image for all of them', async () => {
      const { code, stderr } = await run(PLAIN, ['--sandbox', engine, '--image', ELM, '--dry-run'], fixture().env);
      expect(code).toBe(0);
      expect(stderr.match(/^sandbox: .*$/gm)).toEqual([
        `sandbox: ${engine}, asked for by name; it runs on image ${ELM}`,
      ]);
    });

    it('need no other sandbox where every task has one', async () => {
      const config = 'sandbox: {image: localhost/espalier-test-nowhere:1}\n';
      await repository.commit({ '.github/espalier.yml': config });
      const every = await run(PLAN, ['--sandbox', engine, '--dry-run'], fixture().env);
      expect(every.code).toBe(0);
      const some = await run(PLAIN, ['--sandbox', engine, '--dry-run'], fixture().env);
      expect(some).toMatchObject({ code: 3 });
      expect(some.stderr).toContain("has no image 'localhost/espalier-test-nowhere:1'");
    });

    it('are refused before anything starts if an image is not there, with the command that fetches it', async () => {
      const { code, stderr } = await run(
        PLAN.replace(ELM, 'localhost/espalier-test-ash:1'),
        ['--sandbox', engine],
        fixture().env,
      );
      expect(code).toBe(3);
      expect(stderr).toContain("No sandbox on the image 'localhost/espalier-test-ash:1' of task 'b'");
      expect(stderr).toContain(`${engine} pull localhost/espalier-test-ash:1`);
      expect(await repository.git('branch', '--list', 'espalier/*')).toBe('');
    });
  });
});

describe('without a container engine', () => {
  it('a check names what would be ignored or could change on this machine', async () => {
    const plan = PLAN.replace('  retries: 0\n', '  retries: 0\n  runs_on: [self-hosted, gpu]\n');
    const { code, stdout } = await runCli(['check', '-'], { cwd: repository.path, stdin: plan });
    expect(code).toBe(0);
    const text = stdout.replace(/\s+/g, ' ');
    expect(text).toContain("tasks 'a', 'b': 'runs_on' is for the runners of GitHub Actions; 'espalier run' ignores it");
    expect(text).toContain(`task 'b': 'image' is '${ELM}', under which another image can be put`);
  });

  it('an image is refused by bubblewrap, and the task that names it is named', async () => {
    const { code, stderr } = await run(PLAN, ['--sandbox', 'bubblewrap']);
    expect(code).toBe(3);
    expect(stderr).toContain(
      `No sandbox on the image '${OAK}' of task 'a': bubblewrap: bubblewrap cannot use an image`,
    );
    expect(stderr).toContain('leave out the image');
  });

  it('an image is of no meaning where no sandbox is asked for by name, which is said', async () => {
    const { code, stderr } = await run(PLAN, ['--sandbox', 'none']);
    expect(code).toBe(0);
    expect(stderr).toContain("tasks 'a', 'b': 'image' is of no meaning without a sandbox");
    expect(await readLanded('a.txt')).toBe('none');
  });
});
