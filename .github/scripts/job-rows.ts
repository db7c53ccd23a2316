/** What each job of the workflows may do and why, read out of their texts: each permission has its reason behind it. */
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';

/** One job. */
export interface JobRow {
  file: string;
  job: string;
  /** The comment above it. */
  purpose: string;
  permissions: { name: string; level: string; reason: string }[];
  /** Names of the secrets that its steps see. */
  secrets: string[];
}

/** The jobs with steps of one workflow, in its order. Throws where a job has no comment, or a permission no reason. */
export function readJobRows(file: string, text: string): JobRow[] {
  const jobs = parseDocument(text).get('jobs');
  if (!isMap(jobs)) throw new Error(`${file} has no map jobs.`);
  return jobs.items.flatMap(({ key, value }, at): JobRow[] => {
    if (!isScalar(key) || !isMap(value) || !value.has('steps')) return [];
    const job = String(key.value);
    // The comment above the first job belongs to the map of all.
    const comment = key.commentBefore ?? (at === 0 ? jobs.commentBefore : null) ?? '';
    const purpose = comment.replaceAll(/\s+/g, ' ').trim();
    if (purpose === '') throw new Error(`${file}: the job '${job}' has no comment above it.`);
    const steps = String(value.get('steps', true));
    const secrets = [...steps.matchAll(/secrets\.([\w-]+)/g)].map(([, name = '']) => name);
    return [
      { file, job, purpose, permissions: readPermissions(`${file}: ${job}`, value), secrets: [...new Set(secrets)] },
    ];
  });
}

function readPermissions(place: string, job: YAMLMap): JobRow['permissions'] {
  const permissions = job.get('permissions');
  if (!isMap(permissions)) throw new Error(`${place} has no map permissions.`);
  return permissions.items.map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const reason = isScalar(value) ? (value.comment ?? '').trim() : '';
    if (reason === '') throw new Error(`${place}: the permission '${name}' has no reason behind it.`);
    return { name, level: isScalar(value) ? String(value.value) : '', reason };
  });
}
