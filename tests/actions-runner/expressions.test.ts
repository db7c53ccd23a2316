import { expect, it } from 'vitest';

import { evaluateExpression, fillText, holds } from '../support/actions-runner/expressions.ts';

const CONTEXTS = {
  github: { event: { comment: { body: '/espalier run' }, labels: [{ name: 'espalier' }, { name: 'bug' }] } },
  inputs: { plan: '', leg: '{"task":"api","attempt":2}' },
  needs: { route: { outputs: {}, result: 'success' } },
};

it.each<[string, unknown]>([
  ["fromJSON(inputs.leg).task == 'API'", true],
  ["inputs.plan || 'all'", 'all'],
  ['needs.route.outputs.plans', null],
  ["needs.route.outputs.plans || format('[{0}]', toJSON(inputs.plan))", '[""]'],
  ["contains(github.event.comment.body, '/ESPALIER')", true],
  ["contains(github.event.labels.*.name, 'bug')", true],
  ["contains(join(github.event.labels.*.name), 'espalier,bug')", true],
  ["startsWith(github.event.issue.title, 'x')", false],
  ['secrets.NONE', null],
  ["format('''{0}'' isn''t ''{1}''', 1, 2)", "'1' isn't '2'"],
  ["github.event.comment.body != '' && 3 || 4", 3],
])('%s is %j', (expression, expected) => {
  expect(evaluateExpression(expression, CONTEXTS)).toEqual(expected);
});

it('refuses a context, and a function of status, where there is none, and what is no expression', () => {
  expect(() => evaluateExpression('inputs.count + 1', {})).toThrow(/Unexpected symbol: '\+'/u);
  expect(() => evaluateExpression('secret.KEY', {})).toThrow(/unrecognized/iu);
  expect(() => evaluateExpression('always()', {})).toThrow(/unrecognized/iu);
});

it.each<[string, boolean]>([
  ['success()', false],
  ['failure()', true],
  ['always()', true],
  ["!cancelled() && inputs.plan == ''", true],
  ['inputs.plan', false],
  ["'false'", true],
])('a condition %s holds: %s', (condition, expected) => {
  const status = { success: () => false, failure: () => true, cancelled: () => false };
  expect(holds(condition, CONTEXTS, status)).toBe(expected);
});

it('fills a text, also around braces in quotes', () => {
  const text = "espalier ${{ fromJSON(inputs.leg).task }}-${{ format('{0}}}', 1) }} ${{ null }}";
  expect(fillText(text, CONTEXTS)).toBe('espalier api-1} ');
});
