/** The graph of a plan with the state of each task, as a Mermaid flowchart. Holds ids and words of this program only. */
import type { TaskState } from '../../reconcile/view.ts';
import { buildGraph } from '../../plan/graph.ts';
import type { PlanScene } from './scene.ts';

/** Larger graphs are no help on a page. */
const MAX_TASKS = 40;
const MAX_EDGES = 120;

const COLOURS: readonly (readonly [name: string, states: readonly TaskState[], style: string])[] = [
  ['done', ['landed'], 'fill:#dafbe1,stroke:#1a7f37,color:#1f2328'],
  ['busy', ['running', 'trying', 'landing', 'queued'], 'fill:#ddf4ff,stroke:#0969da,color:#1f2328'],
  ['bad', ['failed'], 'fill:#ffebe9,stroke:#cf222e,color:#1f2328'],
  ['held', ['held', 'cancelled'], 'fill:#fff8c5,stroke:#9a6700,color:#1f2328'],
];

/** The diagram, without its fence; `null` if the plan has no edges, or is too large to be shown so. */
export function renderPlanGraph({ view, ledger }: Pick<PlanScene, 'view' | 'ledger'>): string | null {
  const { tasks } = ledger.plan;
  const graph = buildGraph(tasks);
  const edges = graph.needs.flatMap((needs, index) => needs.map((need) => [need, index] as const));
  if (edges.length === 0 || edges.length > MAX_EDGES || tasks.length > MAX_TASKS) return null;
  const stateOf = new Map(view.tasks.map((task) => [task.id, task.state]));
  const states = graph.ids.map((id) => stateOf.get(id) ?? 'waiting');
  const lines = graph.ids.map((id, index) => `  t${index}["${id}<br/>${states[index]}"]`);
  const classes = COLOURS.flatMap(([name, members, style]) => {
    const nodes = states.flatMap((state, index) => (members.includes(state) ? [`t${index}`] : []));
    return nodes.length === 0 ? [] : [`  classDef ${name} ${style}`, `  class ${nodes.join(',')} ${name}`];
  });
  return ['flowchart LR', ...lines, ...edges.map(([from, to]) => `  t${from} --> t${to}`), ...classes].join('\n');
}
