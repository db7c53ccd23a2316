/** Probes of issues and comments, on one issue of the visit, and of what is told of people. */
import { z } from 'zod';

import { LABELS, type LabelSpec } from '../../../core/commands/labels.ts';
import { GitHubError } from '../github-error.ts';
import {
  judge,
  mutate,
  oncePerVisit,
  query,
  refusalOf,
  rest,
  skip,
  wordsOf,
  type Finding,
  type ProbeBench,
} from './probe-bench.ts';

const BODY =
  'Opened by `espalier doctor --github --write` to see what GitHub does. It closes by itself, and is no plan.';

interface TriedIssue {
  number: number;
  nodeId: string;
}

const openIssue = oncePerVisit(async (bench): Promise<TriedIssue> => {
  const body = { title: 'Espalier doctor: an issue to try things on', body: BODY };
  const Issue = z.object({ number: z.number().int(), node_id: z.string() });
  const { number, node_id: nodeId } = await rest(bench, 'POST /…/issues', body, Issue);
  bench.scratch.remember(`the issue #${number}`, () =>
    rest(
      bench.lasting,
      'PATCH /…/issues/{issue_number}',
      { issue_number: number, state: 'closed', state_reason: 'not_planned' },
      z.unknown(),
    ),
  );
  return { number, nodeId };
});

const COMMENT =
  'mutation ProbeComment($input: AddCommentInput!) { addComment(input: $input) { commentEdge { node { id } } } }';
const Commented = z.object({
  addComment: z.object({ commentEdge: z.object({ node: z.object({ id: z.string() }) }) }),
});

async function comment(bench: ProbeBench, body: string): Promise<string> {
  const { nodeId: subjectId } = await openIssue(bench);
  const { addComment } = await mutate(bench, COMMENT, { subjectId, body }, Commented);
  return addComment.commentEdge.node.id;
}

const firstComment = oncePerVisit((bench) => comment(bench, 'A comment of the doctor.'));

const READ_COMMENT = `query ProbeComment($id: ID!) { node(id: $id) { ... on IssueComment {
  viewerDidAuthor lastEditedAt
  author { __typename login ... on Bot { databaseId } }
  reactions(first: 10, content: EYES) { totalCount }
} } }`;
const ReadComment = z.object({
  node: z.object({
    viewerDidAuthor: z.boolean(),
    lastEditedAt: z.string().nullable(),
    author: z.object({ __typename: z.string(), login: z.string(), databaseId: z.number().nullish() }).nullable(),
    reactions: z.object({ totalCount: z.number() }),
  }),
});

async function readComment({ client }: ProbeBench, id: string) {
  const { data } = await client.graphql({
    kind: 'query',
    document: READ_COMMENT,
    variables: { id },
    what: 'Reading a comment',
    answer: ReadComment,
  });
  return data.node;
}

const REACT = 'mutation ProbeReact($input: AddReactionInput!) { addReaction(input: $input) { reaction { content } } }';

export async function probeReaction(bench: ProbeBench): Promise<Finding> {
  const subjectId = await firstComment(bench);
  const react = () => mutate(bench, REACT, { subjectId, content: 'EYES' }, z.object({ addReaction: z.object({}) }));
  await react();
  const second = await refusalOf(react);
  const { totalCount } = (await readComment(bench, subjectId)).reactions;
  return judge(
    second === null && totalCount === 1,
    'no error, and it stands once',
    `${second === null ? 'no error' : wordsOf(second)}, and it stands ${totalCount === 1 ? 'once' : `${totalCount} times`}`,
  );
}

const MAX_COMMENT_LENGTH = 65_536;

export async function probeCommentLength(bench: ProbeBench): Promise<Finding> {
  const refusal = await refusalOf(() => comment(bench, 'x'.repeat(MAX_COMMENT_LENGTH)));
  return judge(refusal === null, 'taken', refusal === null ? 'taken' : wordsOf(refusal));
}

const EDIT =
  'mutation ProbeEdit($input: UpdateIssueCommentInput!) { updateIssueComment(input: $input) { issueComment { id } } }';

export async function probeEdit(bench: ProbeBench): Promise<Finding> {
  const id = await comment(bench, 'A comment that is edited next.');
  const before = (await readComment(bench, id)).lastEditedAt;
  await mutate(bench, EDIT, { id, body: 'A comment that was edited.' }, z.object({ updateIssueComment: z.object({}) }));
  const after = (await readComment(bench, id)).lastEditedAt;
  const say = (time: string | null): string => (time === null ? 'empty' : 'a time');
  return judge(before === null && after !== null, 'empty, then a time', `${say(before)}, then ${say(after)}`);
}

export async function probeOwnComment(bench: ProbeBench): Promise<Finding> {
  if (bench.app === null) return skip('it needs the credentials of the app');
  const { viewerDidAuthor, author } = await readComment(bench, await firstComment(bench));
  const viewer = await readViewer(bench);
  const isBot = author?.__typename === 'Bot' && author.login === bench.app.slug;
  return judge(
    viewerDidAuthor && isBot && author.databaseId === viewer.databaseId,
    `true, by the Bot '${bench.app.slug}' with the id of the viewer`,
    `${viewerDidAuthor}, by the ${author?.__typename ?? 'nobody'} '${author?.login ?? ''}' with ${author?.databaseId === viewer.databaseId ? 'the' : 'another'} id`,
  );
}

const LabelList = z.array(z.object({ name: z.string() }));

/**
 * Sets the first label that Espalier keeps and the repository does not have, as Espalier would make it; `isMade` is
 * false if the repository has all of them.
 */
const labelIssue = oncePerVisit(async (bench): Promise<{ label: string; isMade: boolean }> => {
  const { number } = await openIssue(bench);
  const known = await rest(bench, 'GET /…/labels', { per_page: 100 }, LabelList);
  const names = new Set(known.map(({ name }) => name.toLowerCase()));
  const kept = LABELS.filter(({ role }) => role === 'state');
  const absent = kept.find(({ name }) => !names.has(name));
  if (absent !== undefined) await makeLabel(bench, absent);
  const label = absent?.name ?? kept[0]?.name ?? '';
  await rest(bench, 'POST /…/issues/{issue_number}/labels', { issue_number: number, labels: [label] }, z.unknown());
  return { label, isMade: absent !== undefined };
});

function makeLabel(bench: ProbeBench, { name, color, description }: LabelSpec): Promise<unknown> {
  return rest(bench, 'POST /…/labels', { name, color, description }, z.unknown());
}

export async function probeLabels(bench: ProbeBench): Promise<Finding> {
  const { label, isMade } = await labelIssue(bench);
  const spec = LABELS.find(({ name }) => name === label);
  if (!isMade || spec === undefined) return skip('the repository has all labels of Espalier already');
  const { number } = await openIssue(bench);
  const again = await refusalOf(() => makeLabel(bench, spec));
  const issue = await rest(
    bench,
    'GET /…/issues/{issue_number}',
    { issue_number: number },
    z.object({ labels: LabelList }),
  );
  const isOn = issue.labels.some(({ name }) => name === label);
  return judge(
    isOn && again?.status === 422,
    'made, set, and refused by 422 the second time',
    `made, ${isOn ? 'set' : 'NOT set'}; the second time ${wordsOf(again)}`,
  );
}

const Labelled = z.object({
  issue: z.object({
    timelineItems: z.object({
      nodes: z.array(
        z
          .object({
            actor: z.object({ login: z.string() }).nullable(),
            label: z.object({ name: z.string() }),
          })
          .nullable(),
      ),
    }),
  }),
});

export async function probeLabelSetter(bench: ProbeBench): Promise<Finding> {
  const { label } = await labelIssue(bench);
  const { number } = await openIssue(bench);
  const { issue } = await query(
    bench,
    `issue(number: ${number}) { timelineItems(last: 20, itemTypes: [LABELED_EVENT]) { nodes {
      ... on LabeledEvent { actor { login } label { name } }
    } } }`,
    Labelled,
  );
  const event = issue.timelineItems.nodes.find((one) => one?.label.name === label) ?? null;
  const { login } = await readViewer(bench);
  const setter = event?.actor?.login ?? null;
  return judge(
    setter !== null && bareLogin(setter) === bareLogin(login),
    `set by ${bareLogin(login)}`,
    event === null ? 'no event' : `set by ${setter ?? 'nobody'}`,
  );
}

function bareLogin(login: string): string {
  return login.replace(/\[bot\]$/, '');
}

const readViewer = oncePerVisit(async ({ client }) => {
  const { data } = await client.graphql({
    kind: 'query',
    document: 'query ProbeViewer { viewer { login databaseId } }',
    variables: {},
    what: 'Reading who asks',
    answer: z.object({ viewer: z.object({ login: z.string(), databaseId: z.number().nullable() }) }),
  });
  return data.viewer;
});

export async function probeViewer(bench: ProbeBench): Promise<Finding> {
  if (bench.app === null) return skip('it needs the credentials of the app');
  const { login, databaseId } = await readViewer(bench);
  const expected = `${bench.app.slug}[bot]`;
  return judge(
    login === expected && databaseId !== null,
    `${expected}, with an id`,
    `${login}, ${databaseId === null ? 'without an id' : 'with an id'}`,
  );
}

const Owner = z.object({
  owner: z.object({ __typename: z.string(), login: z.string() }),
  defaultBranchRef: z.object({
    target: z.object({
      history: z.object({
        nodes: z.array(z.object({ author: z.object({ user: z.object({ login: z.string() }).nullable() }).nullable() })),
      }),
    }),
  }),
});

/** Somebody whose permission can be asked for: the owner, if that is a person, else whoever committed last. */
async function findPerson(bench: ProbeBench): Promise<string | null> {
  const { owner, defaultBranchRef } = await query(
    bench,
    `owner { __typename login }
    defaultBranchRef { target { ... on Commit { history(first: 20) { nodes { author { user { login } } } } } } }`,
    Owner,
  );
  if (owner.__typename === 'User') return owner.login;
  const logins = defaultBranchRef.target.history.nodes.flatMap(({ author }) => author?.user?.login ?? []);
  return logins.find((login) => /^[A-Za-z\d-]{1,39}$/.test(login)) ?? null;
}

export async function probePermission(bench: ProbeBench): Promise<Finding> {
  if (bench.app === null) return skip('it needs the credentials of the app');
  const username = await findPerson(bench);
  if (username === null) return skip('no person is known to ask about');
  const Answer = z.object({ permission: z.string() });
  try {
    const { permission } = await rest(
      { client: bench.app.bare, repository: bench.repository },
      'GET /…/collaborators/{username}/permission',
      { username },
      Answer,
    );
    return judge(true, 'answered', `answered: '${permission}'`);
  } catch (error) {
    if (!(error instanceof GitHubError) || error.isTransient) throw error;
    return judge(false, 'answered', wordsOf(error));
  }
}
