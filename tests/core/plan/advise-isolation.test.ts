import { expect, it } from 'vitest';

import { adviseIsolation, type IsolationAdvice } from '../../../src/core/plan/advise-isolation.ts';
import { readPlan } from '../../../src/core/plan/read-plan.ts';

function advise(fields: string, rest = ''): IsolationAdvice {
  const { plan } = readPlan(`${rest}tasks:\n  a: {${fields}}\n`);
  const task = plan?.tasks[0];
  if (plan === null || task === undefined) throw new Error('no plan');
  return adviseIsolation(task, plan);
}

it.each([
  ['title: Run third-party code from users', 'container', 'not trusted'],
  ['title: Collect what SOC 2 asks for', 'container', 'compliance'],
  ['title: Encrypt GitHub tokens', 'container', 'security'],
  ['title: Configure HTTPS', 'hybrid', 'production'],
  ['title: Move to PostgreSQL', 'hybrid', 'dependencies'],
  ['title: x, setup: pip install -r other.txt', 'hybrid', 'setup'],
  ['title: x, attempts: 3', 'worktree', '3 variants'],
  ['title: Write the README', 'worktree', 'documentation'],
  ['title: Sort the list', 'worktree', 'nothing beyond'],
])('%s is for %s', (fields, approach, because) => {
  expect(advise(fields)).toMatchObject({ approach, profile: 'strict', resources: 'medium' });
  expect(advise(fields).because).toContain(because);
});

it('asks for the hybrid where ten tasks could run at once', () => {
  const { plan } = readPlan(
    `tasks:\n${Array.from({ length: 10 }, (_, index) => `  t${index}: x`).join('\n')}\n  last: {title: x, needs: t1}\n`,
  );
  if (plan === null) throw new Error('no plan');
  expect(plan.tasks.map((task) => adviseIsolation(task, plan).approach)).toEqual([
    ...Array.from({ length: 10 }, () => 'hybrid'),
    'worktree',
  ]);
});

it('says the profile and size that the task would get', () => {
  const rest = 'defaults: {profile: development, resources: small}\n';
  expect(advise('title: x', rest)).toMatchObject({ profile: 'development', resources: 'small' });
  expect(advise('title: x, resources: large', rest)).toMatchObject({ resources: 'large' });
});
