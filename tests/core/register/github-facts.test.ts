import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import { renderFactSections } from '../../../.github/scripts/fact-sections.ts';
import { readPermissionRows } from '../../../.github/scripts/permission-rows.ts';
import { replaceSections } from '../../../.github/scripts/readme-sections.ts';
import { readPlan } from '../../../src/core/plan/read-plan.ts';
import { resolvePlan } from '../../../src/core/plan/resolve-plan.ts';
import { APP_PERMISSIONS } from '../../../src/core/register/app-permissions.ts';
import { GITHUB_FACT_GROUPS, GITHUB_FACTS } from '../../../src/core/register/github-facts.ts';

const root = resolve(import.meta.dirname, '../../..');
const page = readFileSync(join(root, '.github/GITHUB-FACTS.md'), 'utf8');
const smokeTest = readFileSync(join(root, '.github/SMOKE-TEST.md'), 'utf8');

/** Sections of the smoke test by the number of their step. */
const steps = new Map(
  [...smokeTest.matchAll(/^## (\d+)\. .*$\n([\s\S]*?)(?=^## |(?![\s\S]))/gm)].map(([head, number]) => [
    Number(number),
    head,
  ]),
);

describe('the register', () => {
  it('has every fact once, in one of its groups', () => {
    const ids = GITHUB_FACTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(GITHUB_FACT_GROUPS.flatMap(({ facts }) => facts.map(({ id }) => id))).toEqual(ids);
  });

  it.each(GITHUB_FACTS.map((fact) => [fact.id, fact] as const))('tells all of %s', (id, fact) => {
    expect(id).toMatch(/^[a-z]+(?:-[a-z]+)+$/);
    expect(fact.claim).toMatch(/^[A-Z`].*\.$/);
    expect(fact.otherwise).toMatch(/^[A-Z*`].*\.$/);
    expect(fact.sources).not.toBe('');
    expect(fact.reliedOnBy.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(fact.doctor !== null || fact.smokeStep !== null).toBe(true);
  });

  it('is what its page shows', () => {
    expect(replaceSections(page, renderFactSections(), 'GITHUB-FACTS.md')).toBe(page);
    for (const { id } of GITHUB_FACTS) expect(page).toContain(`\`${id}\``);
  });

  it('knows the permissions of the manifest, with their reasons', () => {
    const asked = readPermissionRows(readFileSync(join(root, 'app.yml'), 'utf8')).filter((row) => !row.isOptional);
    expect(APP_PERMISSIONS).toEqual(
      asked.map(({ permission, level, reason }) => ({ name: permission, level, reason })),
    );
  });
});

describe('the smoke test', () => {
  it('shows in its steps what the register says that they show, and names nothing else', () => {
    const wanted = GITHUB_FACTS.filter(({ smokeStep }) => smokeStep !== null).map(
      ({ id, smokeStep }) => `${id} in step ${smokeStep}`,
    );
    const named = [...steps].flatMap(([number, text]) =>
      [...(/^Facts: (.*)$/m.exec(text)?.[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, id]) => `${id} in step ${number}`),
    );
    expect(named.toSorted()).toEqual(wanted.toSorted());
  });

  it('has its steps in order, and takes ten minutes where there is no merge queue', () => {
    expect([...steps.keys()]).toEqual(Array.from(steps, (_, index) => index + 1));
    const minutes = [...steps.values()].map((text) => Number(/\((\d+) minutes?\b(?! more)/.exec(text)?.[1] ?? 0));
    expect(minutes.reduce((sum, one) => sum + one, 0)).toBe(10);
  });

  it('has a plan that can be run as it stands', () => {
    const [, text = ''] = /^````md\n([\s\S]*?)^````$/m.exec(smokeTest) ?? [];
    const { plan, problems } = readPlan(text, { fileName: 'issue-1.md' });
    expect(problems).toEqual([]);
    expect(
      resolvePlan(plan!, {}, {}, { forge: 'github' }).problems.filter(({ severity }) => severity === 'error'),
    ).toEqual([]);
  });
});
