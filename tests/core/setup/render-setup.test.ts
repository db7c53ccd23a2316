import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { renderOwnSetup } from '../../../.github/scripts/own-setup.ts';
import { CLAUDE_CODE } from '../../../src/core/agents/claude-code.ts';
import { CODEX } from '../../../src/core/agents/codex.ts';
import { PRESET_NAMES } from '../../../src/core/agents/describe-agent.ts';
import { CONFIG_PATH, readConfig } from '../../../src/core/config/config.ts';
import { HOSTED_DEFAULTS } from '../../../src/core/hosted/hosted-config.ts';
import { readPlan } from '../../../src/core/plan/read-plan.ts';
import { resolvePlan } from '../../../src/core/plan/resolve-plan.ts';
import { PINNED_ACTIONS } from '../../../src/core/setup/pinned-actions.ts';
import { ISSUE_FORM_PATH, renderSetup, workflowPath } from '../../../src/core/setup/render-setup.ts';
import {
  AGENT_NAMES,
  AGENT_SETUPS,
  readActionSha,
  readCoordinates,
  readKeyName,
  type SetupOptions,
} from '../../../src/core/setup/setup-options.ts';
import { quoteYaml, WORKFLOW_FILES } from '../../../src/core/setup/workflow-parts.ts';
import { ACTION_INPUTS, MODES } from '../../../src/entrypoints/action/inputs.ts';
import { ACTION_OUTPUTS } from '../../../src/entrypoints/action/outputs.ts';
import { PLAIN_SETUP, workflowsOf } from './rendered.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

function textOf(options: SetupOptions, path: string): string {
  return renderSetup(options).find((file) => file.path === path)?.text ?? '';
}

interface Step {
  uses?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
}

interface Job {
  steps?: Step[];
  uses?: string;
  with?: Record<string, string>;
  secrets?: Record<string, string>;
}

function jobsOf(text: string): Record<string, Job> {
  return (parse(text) as { jobs: Record<string, Job> }).jobs;
}

describe('the workflows', () => {
  it('are dispatched by the name that the App knows', () => {
    expect(WORKFLOW_FILES.dispatch).toBe(HOSTED_DEFAULTS.workflow);
  });

  it('stay within the jobs that a run may have, with as many legs as it may get', () => {
    const legs = HOSTED_DEFAULTS.maxLegs;
    expect(legs * Object.keys(jobsOf(textOf(PLAIN_SETUP, workflowPath('attempt')))).length).toBeLessThanOrEqual(256);
    expect(legs).toBe(85);
  });

  it('give the Action no input that it does not have, and each mode what it wants', () => {
    const steps = [...workflowsOf(PLAIN_SETUP).values()]
      .flatMap((text) => Object.values(jobsOf(text)).flatMap(({ steps = [] }) => steps))
      .filter((step) => step.with?.['mode'] !== undefined);
    expect(new Set(steps.map((step) => step.with?.['mode']))).toEqual(new Set(MODES));
    expect(steps).toHaveLength(MODES.length);
    for (const step of steps)
      expect(Object.keys(ACTION_INPUTS)).toEqual(expect.arrayContaining(Object.keys(step.with!)));
  });

  it('read no output that the Action does not have', () => {
    const text = [...workflowsOf(PLAIN_SETUP).values()].join('\n');
    const named = [...text.matchAll(/steps\.(?:route|work|verify|publish|reconcile|cleanup)\.outputs\.([\w-]+)/g)];
    expect(named.length).toBeGreaterThan(10);
    for (const [, name] of named) expect(Object.keys(ACTION_OUTPUTS)).toContain(name);
  });

  it('hand the called workflow every input and secret that it names, and nothing else', () => {
    const { leg } = jobsOf(textOf(PLAIN_SETUP, workflowPath('dispatch')));
    const called = parse(textOf(PLAIN_SETUP, workflowPath('attempt'))) as {
      on: { workflow_call: { inputs: object; secrets: object } };
    };
    expect(Object.keys(leg?.with ?? {}).toSorted()).toEqual(Object.keys(called.on.workflow_call.inputs).toSorted());
    expect(Object.keys(leg?.secrets ?? {}).toSorted()).toEqual(Object.keys(called.on.workflow_call.secrets).toSorted());
  });

  it('bring nothing of the Action but one commit of it', () => {
    const uses = [...workflowsOf(PLAIN_SETUP).values()].join('\n').matchAll(/uses: ([^\s@]+)@(\S+)/g);
    const known = new Map<string, string>(
      Object.values(PINNED_ACTIONS).map(({ repository, sha }) => [repository, sha]),
    );
    known.set('espalier/espalier', PLAIN_SETUP.action.kind === 'own' ? '' : PLAIN_SETUP.action.sha);
    for (const [, name = '', sha] of uses) expect(sha).toBe(known.get(name));
  });

  it('check out merged code before its own Action, and nothing where it is published', () => {
    const own = [...workflowsOf({ ...PLAIN_SETUP, action: { kind: 'own' } }).values()].join('\n');
    expect(own.match(/uses: actions\/checkout@/g)).toHaveLength(MODES.length);
    expect(own.match(/ref: 'main'/g)).toHaveLength(MODES.length);
    expect([...workflowsOf(PLAIN_SETUP).values()].join('\n')).not.toContain('actions/checkout');
  });

  it('say to the App’s server nothing: it hears the webhooks', () => {
    const app = textOf({ ...PLAIN_SETUP, variant: 'app' }, workflowPath('attempt'));
    expect(app).not.toContain('notify');
    expect(app).not.toContain('actions: write');
    expect(textOf(PLAIN_SETUP, workflowPath('attempt'))).toContain(`notify: ${WORKFLOW_FILES.reconcile}`);
  });

  it('name each key once where it is needed, and no other', () => {
    const { work, verify, publish } = jobsOf(textOf({ ...PLAIN_SETUP, keyName: 'MY_KEY' }, workflowPath('attempt')));
    const envs = (job: Job | undefined): object[] =>
      (job?.steps ?? []).flatMap(({ env }) => (env === undefined ? [] : [env]));
    expect(envs(work)).toEqual([{ MY_KEY: '${{ secrets.model-key }}' }]);
    expect(envs(verify)).toEqual([{ MY_KEY: '${{ secrets.reviewer-key }}' }]);
    expect(envs(publish)).toEqual([]);
    const none = textOf({ ...PLAIN_SETUP, agent: 'command' }, workflowPath('attempt'));
    expect(none).not.toMatch(/^ +env:/m);
    expect(none).not.toContain('npm install');
  });

  it('take names of workflows and branches of any kind as nothing but names', () => {
    const ciNames = [`it's: "odd" \${{ github.token }}\n- x`, '\u2028# nothing', '*all', 'CI'];
    const text = textOf({ ...PLAIN_SETUP, ciNames, defaultBranch: 'a: b' }, workflowPath('reconcile'));
    const { on } = parse(text) as { on: { workflow_run: { workflows: string[] }; push: { branches: string[] } } };
    expect(on.workflow_run.workflows).toEqual(['espalier-dispatch', ...ciNames]);
    expect(on.push.branches).toEqual(['a: b']);
  });
});

describe('the configuration', () => {
  const commands = {
    setup: { command: 'npm ci', from: 'package-lock.json' },
    test: { command: 'make test', from: 'Makefile' },
  };

  it.each(AGENT_NAMES)('is read without a problem, for %s', (agent) => {
    const { problems } = readConfig(textOf({ ...PLAIN_SETUP, agent, commands }, CONFIG_PATH));
    expect(problems).toEqual([]);
  });

  it('has what was found, and a hint where nothing was', () => {
    const { config } = readConfig(textOf({ ...PLAIN_SETUP, commands }, CONFIG_PATH));
    expect(config?.defaults.setup).toEqual([['npm', 'ci']]);
    expect(config?.defaults.env).toEqual(['ANTHROPIC_API_KEY']);
    expect(textOf(PLAIN_SETUP, CONFIG_PATH)).toContain('plan without tests is refused: write the command.');
  });
});

describe('the form for a plan', () => {
  it('gives an issue that is a plan, as it stands', () => {
    const form = parse(textOf(PLAIN_SETUP, ISSUE_FORM_PATH)) as {
      labels: string[];
      body: { type: string; attributes: { label: string; value: string } }[];
    };
    expect(form.labels).toEqual(['espalier']);
    const { attributes } = form.body.find(({ type }) => type === 'textarea')!;
    // What GitHub makes of a form that was filled in.
    const issue = `### ${attributes.label}\n\n${attributes.value}`;
    const { plan, problems } = readPlan(issue, {});
    expect(problems).toEqual([]);
    const config = readConfig(
      textOf({ ...PLAIN_SETUP, commands: { setup: null, test: { command: 'make', from: 'Makefile' } } }, CONFIG_PATH),
    );
    expect(resolvePlan(plan!, config.config!.defaults, {}).problems).toEqual([]);
  });
});

describe('an agent of a set-up', () => {
  it('is each preset, with one of its own keys', () => {
    expect(AGENT_NAMES.toSorted()).toEqual([...PRESET_NAMES, 'command'].toSorted());
    for (const preset of [CLAUDE_CODE, CODEX]) {
      const { npmPackage, keyName } = AGENT_SETUPS[preset.name as 'claude' | 'codex'];
      expect(preset.credentials).toContain(keyName);
      expect(`${preset.install}@`).toContain(` ${npmPackage.replace(/@[\d.]+$/, '@')}`);
      expect(npmPackage).toMatch(/@\d+\.\d+\.\d+$/);
    }
  });
});

describe('what a person says', () => {
  it.each([
    ['git+https://github.com/espalier/espalier.git', 'espalier/espalier'],
    ['https://github.com/a-b/c.d', 'a-b/c.d'],
    ['https://example.com/a/b', null],
    ['https://github.com/a/..', null],
    ['https://github.com/a/b/c', null],
    [7, null],
  ])('as a repository %j is %j', (url, wanted) => {
    expect(readCoordinates({ repository: { url } })).toBe(wanted);
    expect(readCoordinates({ repository: url })).toBe(wanted);
  });

  it.each(['main', 'v1', 'abc123', 'A'.repeat(40), 'a'.repeat(64), `${'a'.repeat(39)}\n`])(
    '%j is no commit',
    (text) => {
      expect(readActionSha(text).ok).toBe(false);
    },
  );

  it.each(['GITHUB_TOKEN', 'INPUT_TOKEN', 'ACTIONS_X', 'lower', 'A-B', 'A B', '', '${{ x }}', 'A: b'])(
    '%j is no name of a key',
    (text) => {
      expect(readKeyName(text).ok).toBe(false);
    },
  );
});

it.each(['plain', `it's`, 'a\nb', '\u0085', '\ufeff', ' ', '', '- a: b #c', '\\', '"'])(
  '%j stays itself in YAML',
  (text) => {
    expect(parse(`- ${quoteYaml(text)}`)).toEqual([text]);
  },
);

describe('this repository', () => {
  it('has the workflows and the form as this version writes them, with its own Action', () => {
    for (const { path, text } of renderOwnSetup(ROOT)) expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
  });

  it('has a recipe for an image with the version of the agent that the workflows install', () => {
    const recipe = readFileSync(join(ROOT, '.github/container/sandbox.Dockerfile'), 'utf8');
    expect(recipe).toContain(`ARG AGENT=${AGENT_SETUPS.claude.npmPackage}\n`);
  });
});
