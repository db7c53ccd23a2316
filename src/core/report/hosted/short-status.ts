/** The answer to `status`: a few lines; the status comment has the rest. */
import { listAttention, renderAttention } from './attention.ts';
import { fitDocument, listSection, whole } from './fit-document.ts';
import { forecastFinish } from './forecast.ts';
import { listIds, minuteOf, usd } from './hosted-words.ts';
import { landingOrder } from './landing-order.ts';
import { say } from './markdown.ts';
import { headline, whatHappens } from './plan-words.ts';
import type { PlanScene } from './scene.ts';

/** Where a plan stands, in at most `maxBytes`. */
export function renderShortStatus(scene: PlanScene, maxBytes: number): string {
  const { view } = scene;
  const busy = view.tasks.filter((task) => task.state === 'running').map((task) => task.id);
  const order = landingOrder(scene);
  const forecast = forecastFinish(scene);
  const facts = [
    ...(busy.length === 0 ? [] : [say`- At work: ${listIds(busy, 10)}`]),
    ...(order.length === 0 ? [] : [say`- Next to land: ${listIds(order, 10)}`]),
    say`- Spent: ${usd(view.spentUsd)}${view.budgetUsd === null ? '' : ` of ${usd(view.budgetUsd)}`}`,
    ...(forecast === null ? [] : [say`- Expected finish: ${minuteOf(forecast.finishMs)}`]),
  ];
  return fitDocument(
    [
      whole(0, `## ${headline(view)}`),
      whole(0, say`${whatHappens(scene)} The status comment above has every task.`.markdown),
      listSection(1, { head: '### Waits for a person', lines: listAttention(scene, []).map(renderAttention) }),
      whole(0, facts.map((fact) => fact.markdown).join('\n')),
    ],
    maxBytes,
  );
}
