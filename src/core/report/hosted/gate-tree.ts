/** A gate as a table: every rule with what was found, what was wanted, and the sentence that joins them. */
import type { GateVerdict, RuleResult, RuleStatus } from '../../gate/verdict.ts';
import { countOf } from '../amounts.ts';
import { RULE_SIGNS } from './hosted-words.ts';
import { code, say, type Markdown, prose, table } from './markdown.ts';

const COLUMNS = ['Rule', 'Status', 'Because', 'Found', 'Wanted'] as const;
const MAX_BECAUSE = 300;
const MAX_VALUE = 160;

const ORDER: Readonly<Record<RuleStatus, number>> = { failed: 0, pending: 1, waived: 2, passed: 3, 'not-asked': 4 };

/** Lines of the table, what closes the gate first. Of bounded size: every text in it is cut. */
export function gateTable(gate: GateVerdict): string[] {
  return table(COLUMNS, gate.rules.toSorted((a, b) => ORDER[a.status] - ORDER[b.status]).map(ruleCells));
}

function ruleCells({ rule, status, because, found, wanted }: RuleResult): Markdown[] {
  return [
    code(rule),
    say`${RULE_SIGNS[status]}&nbsp;${status === 'not-asked' ? 'not asked' : status}`,
    prose(because, MAX_BECAUSE),
    prose(found, MAX_VALUE),
    prose(wanted, MAX_VALUE),
  ];
}

/** The gate in a few words, as plain text: `closed: tests and 1 more`. */
export function gateWords(gate: GateVerdict): string {
  const named = (status: RuleResult['status']): string => {
    const [first, ...more] = gate.rules.filter((rule) => rule.status === status).map((rule) => rule.rule);
    return more.length === 0 ? `${first}` : `${first} and ${more.length} more`;
  };
  if (gate.status === 'open') return `open: ${countOf(gate.rules.length, 'rule')}, none against it`;
  return gate.status === 'closed' ? `closed by ${named('failed')}` : `waits for ${named('pending')}`;
}
