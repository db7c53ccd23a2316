/**
 * What the GitHub App asks for and why, read out of `app.yml`: each permission and event has its reason as a comment
 * on its own line, and a permission that is only offered stands there as a comment itself
 * (`# workflows: write # reason`).
 */
import { isMap, isScalar, isSeq, type Pair, parseDocument } from 'yaml';

/** One permission. `isOptional`: it is not asked for, but may be added. */
export interface PermissionRow {
  permission: string;
  level: 'read' | 'write';
  reason: string;
  isOptional: boolean;
}

/** One event that GitHub tells the App of. */
export interface EventRow {
  event: string;
  reason: string;
}

const OFFERED = /^ *# ([a-z_]+): (read|write) # (.+)$/;

/** The permissions of `app.yml`, in its order, those that are only offered last. Throws if one has no reason. */
export function readPermissionRows(yaml: string): PermissionRow[] {
  const node = parseDocument(yaml).get('default_permissions');
  if (!isMap(node)) throw new Error('app.yml has no map default_permissions.');
  const asked = node.items.map((pair: Pair): PermissionRow => {
    const { key, value } = pair;
    const permission = isScalar(key) ? String(key.value) : '';
    const level = isScalar(value) ? value.value : null;
    if (level !== 'read' && level !== 'write') throw new Error(`app.yml: '${permission}' is neither read nor write.`);
    return { permission, level, reason: reasonOf(permission, value), isOptional: false };
  });
  const offered = yaml.split('\n').flatMap((line): PermissionRow[] => {
    const [, permission = '', level, reason = ''] = OFFERED.exec(line) ?? [];
    return level === 'read' || level === 'write' ? [{ permission, level, reason, isOptional: true }] : [];
  });
  return [...asked, ...offered];
}

/** The events of `app.yml`, in its order. Throws if one has no reason. */
export function readEventRows(yaml: string): EventRow[] {
  const node = parseDocument(yaml).get('default_events');
  if (!isSeq(node)) throw new Error('app.yml has no list default_events.');
  return node.items.map((item) => {
    const event = isScalar(item) ? String(item.value) : '';
    return { event, reason: reasonOf(event, item) };
  });
}

function reasonOf(name: string, node: unknown): string {
  const reason = isScalar(node) ? (node.comment ?? '').trim() : '';
  if (reason === '') throw new Error(`app.yml: '${name}' has no reason; write it behind, as a comment.`);
  return reason;
}
