/** Labels of repositories, and of their issues and pull requests. */
import { addNode } from '../registry.ts';
import { makeNodeId } from '../node-ids.ts';
import type { Issue, Label, Repository } from '../state.ts';
import {
  isPull,
  nextLargeId,
  notFound,
  repositoryOf,
  unprocessable,
  type Actor,
  type World,
  setFields,
  refuseWriteToArchived,
} from '../world.ts';

/** Adds a label to a repository; refused where one of that name is there, in any case. */
export async function createLabel(
  world: World,
  repository: Repository,
  wanted: { name: string; color?: string | undefined; description?: string | null | undefined },
): Promise<Label> {
  return world.atomically(async () => {
    refuseWriteToArchived(repository);
    if (repository.labels.has(wanted.name.toLowerCase()))
      throw unprocessable('Validation Failed', [{ resource: 'Label', field: 'name', code: 'already_exists' }]);
    if (wanted.name.trim() === '' || wanted.name.length > 50)
      throw unprocessable('Validation Failed', [{ resource: 'Label', field: 'name', code: 'invalid' }]);
    const id = nextLargeId(world.state);
    const label: Label = {
      id,
      nodeId: makeNodeId('Label', id),
      name: wanted.name,
      color: wanted.color ?? 'ededed',
      description: wanted.description ?? null,
    };
    repository.labels.set(label.name.toLowerCase(), label);
    addNode(world.state, label.nodeId, { kind: 'Label', repository, label });
    return label;
  });
}

/** Puts labels on an issue or a pull request; those that the repository lacks are made, as REST does. */
export async function addLabels(world: World, by: Actor, issue: Issue, names: string[]): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    for (const name of names) {
      const label = repository.labels.get(name.toLowerCase()) ?? (await createLabel(world, repository, { name }));
      if (issue.labels.includes(label.name)) continue;
      issue.labels.push(label.name);
      setFields(issue, { updatedAt: world.clock.now() });
      await emitLabel(world, by, issue, { action: 'labeled', label });
    }
  });
}

/** Takes a label off; refused where it is not on. */
export async function removeLabel(world: World, by: Actor, issue: Issue, name: string): Promise<void> {
  await world.atomically(async () => {
    const repository = repositoryOf(world.state, issue.repositoryId);
    refuseWriteToArchived(repository);
    const label = repository.labels.get(name.toLowerCase());
    if (label === undefined || !issue.labels.includes(label.name)) throw notFound('Label does not exist');
    setFields(issue, {
      labels: issue.labels.filter((one) => one !== label.name),
      updatedAt: world.clock.now(),
    });
    await emitLabel(world, by, issue, { action: 'unlabeled', label });
  });
}

async function emitLabel(
  world: World,
  by: Actor,
  issue: Issue,
  { action, label }: { action: 'labeled' | 'unlabeled'; label: Label },
): Promise<void> {
  const repository = repositoryOf(world.state, issue.repositoryId);
  const id = nextLargeId(world.state);
  issue.labelEvents.push({
    id,
    nodeId: `LE_kw${Buffer.from(`LabelEvent ${id}`).toString('base64url')}`,
    action,
    label: label.name,
    actor: by.account.login,
    createdAt: world.clock.now(),
  });
  if (isPull(issue)) await world.emit({ event: 'pull_request', action, repository, by, issue, label });
  else await world.emit({ event: 'issues', action, repository, by, issue, label });
}
