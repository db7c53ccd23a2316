/** The graph of a plan's tasks as a Mermaid flowchart: one box per task, one group per wave, the critical path thick. */
import { formatMinutes } from '../plan/quantities.ts';
import type { CheckedPlan, CheckTask } from './check-summary.ts';
import { escapeText } from './escape-text.ts';

const MAX_LABEL = 60;

/** The diagram, ending with a newline. Labels hold no character that Mermaid or HTML gives a meaning. */
export function renderCheckMermaid(plan: CheckedPlan): string {
  const nodeOf = new Map(plan.tasks.map((task, index) => [task.id, `t${index}`]));
  const byId = new Map(plan.tasks.map((task) => [task.id, task]));
  const node = (id: CheckTask['id']): string => nodeOf.get(id) ?? '';
  const lines = ['flowchart LR'];
  plan.waves.forEach((wave, index) => {
    lines.push(`  subgraph w${index}["wave ${index + 1}"]`);
    for (const id of wave) lines.push(`    ${node(id)}["${describe(byId.get(id), id)}"]`);
    lines.push('  end');
  });
  const critical = plan.criticalPath.ids;
  const steps = new Set(critical.slice(1).map((id, index) => `${critical[index]} ${id}`));
  for (const task of plan.tasks) {
    for (const need of task.needs)
      lines.push(`  ${node(need)} ${steps.has(`${need} ${task.id}`) ? '==>' : '-->'} ${node(task.id)}`);
  }
  if (critical.length > 0) {
    lines.push('  classDef critical stroke-width:3px');
    lines.push(`  class ${critical.map(node).join(',')} critical`);
  }
  return `${lines.join('\n')}\n`;
}

function describe(task: CheckTask | undefined, id: string): string {
  const title = task === undefined || task.title === id ? [] : [escapeLabel(task.title)];
  const minutes = task?.estimateMinutes ?? null;
  return [id, ...title, ...(minutes === null ? [] : [formatMinutes(minutes)])].join('<br/>');
}

// `#` and a number is Mermaid's own escape. Everything but letters, digits and harmless signs is written so.
function escapeLabel(text: string): string {
  return escapeText(text, MAX_LABEL).replace(
    /[^\p{L}\p{N} .,:/_…()'+-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
}
