/** `POST /graphql`: token, quota and permissions; the executor does the rest. */
import type { Caller } from '../auth.ts';
import type { DescribedRequest, GraphqlAnswer, GraphqlRequest } from '../graphql/execute-graphql.ts';
import type { GraphqlAccess } from '../graphql/resolver-types.ts';
import { nameCaller, quotaHeaders } from '../rate-limit.ts';
import type { World } from '../world.ts';
import type { RestContext } from './answer-rest.ts';
import { describeRefusal, jsonReply, type ReceivedRequest, type Reply } from './http-message.ts';

/** The executor of GraphQL documents. */
export interface GraphqlService {
  /** What a request is and costs, before it is done; null for what cannot be read. */
  describeRequest(request: GraphqlRequest): DescribedRequest | null;
  executeGraphql(world: World, request: GraphqlRequest, access: GraphqlAccess): Promise<GraphqlAnswer>;
}

/** One request with what is known of it. */
export interface ReceivedGraphql {
  readonly received: ReceivedRequest;
  readonly request: GraphqlRequest;
  readonly described: DescribedRequest | null;
}

/** Answers one request; what the executor lacks is reported. */
export async function answerGraphql(
  context: RestContext,
  world: World,
  graphql: GraphqlService,
  { received, request, described }: ReceivedGraphql,
): Promise<Reply> {
  const authentication = context.tokens.authenticate(received.headers['authorization']);
  if (!('caller' in authentication))
    return jsonReply(authentication.status, describeRefusal(authentication.status, authentication.message));
  const { caller } = authentication;
  const { rateLimits, permissions } = context;
  if (!rateLimits.spend(caller, 'graphql', described?.points ?? 1)) return refuseQuota(context, caller);
  const readQuota: GraphqlAccess['readQuota'] = () => rateLimits.read(caller, 'graphql');
  const answer = await graphql.executeGraphql(world, request, { caller, permissions, readQuota });
  for (const missing of answer.missing) context.report(`GraphQL: ${missing}`);
  return jsonReply(answer.status, answer.body, quotaHeaders(readQuota(), 'graphql'));
}

/** GraphQL says it with status 200. */
function refuseQuota(context: RestContext, caller: Caller): Reply {
  const message = `API rate limit already exceeded for ${nameCaller(caller)}.`;
  const headers = quotaHeaders({ ...context.rateLimits.read(caller, 'graphql'), remaining: 0 }, 'graphql');
  return jsonReply(200, { errors: [{ type: 'RATE_LIMITED', message }] }, headers);
}
