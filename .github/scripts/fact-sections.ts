/** The generated parts of `.github/GITHUB-FACTS.md`: the register of `src/core/register`, a table for each subject. */
import type { GithubFact } from '../../src/core/register/github-fact.ts';
import { GITHUB_FACT_GROUPS, GITHUB_FACTS } from '../../src/core/register/github-facts.ts';
import { code, renderTable } from './markdown.ts';

/** Every generated section by name, as Markdown without its markers. */
export function renderFactSections(): Record<string, string> {
  return { count: renderCount(), facts: GITHUB_FACT_GROUPS.map(renderGroup).join('\n\n') };
}

function renderGroup({ title, facts }: (typeof GITHUB_FACT_GROUPS)[number]): string {
  const rows = facts.map((fact) => [
    code(fact.id),
    fact.claim,
    fact.otherwise,
    fact.sources,
    describeTrial(fact),
    fact.reliedOnBy.map((path) => `[${path.split('/').at(-1) ?? path}](../${path})`).join(', '),
  ]);
  const head = ['Fact', 'What is taken for granted', 'If it is otherwise', 'What was read about it', 'Tried by', 'In'];
  return `### ${title}\n\n${renderTable(head, rows)}`;
}

const REACH = { look: 'the doctor', scratch: 'the doctor', write: 'the doctor, with `--write`' } as const;

function describeTrial({ doctor, smokeStep }: GithubFact): string {
  const ways = [
    ...(doctor === null ? [] : [REACH[doctor]]),
    ...(smokeStep === null ? [] : [`step ${smokeStep} of the [smoke test](SMOKE-TEST.md)`]),
  ];
  return ways.join('; ');
}

function renderCount(): string {
  const count = (fits: (fact: GithubFact) => boolean): number => GITHUB_FACTS.filter(fits).length;
  const withoutWrite = count(({ doctor }) => doctor === 'look' || doctor === 'scratch');
  const withWrite = count(({ doctor }) => doctor !== null);
  const byHand = count(({ doctor }) => doctor === null);
  return `${GITHUB_FACTS.length} facts. The doctor can try ${withWrite} of them, ${withoutWrite} without \`--write\`; ${byHand} need a person.`;
}
