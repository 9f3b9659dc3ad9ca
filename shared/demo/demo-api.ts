import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';

/** Runs statements in one read-write transaction and returns the rows of each. */
export type Transact = <T>(
  work: (run: (text: string, parameters?: unknown[]) => Promise<unknown[]>) => Promise<T>,
) => Promise<T>;

export interface DemoApiOptions {
  readonly schema: string;
  readonly linkColumn: 'id' | 'flow_id';
  /** Older installs have no intelligent endpoint. */
  readonly intelligent: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const MAX_BODY = 1_000_000;
const Body = z.looseObject({
  field_mappings: z.record(z.string(), z.unknown()).optional(),
  approval: z.boolean().optional(),
  action: z.enum(['auto', 'approve', 'regenerate']).optional(),
  force_restart: z.boolean().optional(),
});
type Body = z.infer<typeof Body>;

const Flow = z.object({
  status: z.string(),
  current_phase: z.string().nullable(),
  field_mappings: z.unknown(),
  data_import_completed: z.boolean(),
  field_mapping_completed: z.boolean(),
  data_cleansing_completed: z.boolean(),
  master_status: z.string().nullable(),
  mentions_mapping: z.boolean(),
  raw_count: z.number(),
});
type Flow = z.infer<typeof Flow>;

/**
 * The two resume endpoints of the platform with the quirks that were seen, on loopback and a free port: approvals that
 * are lost while answering 200, a phase that must be spelled `field_mapping`, an import that only counts when linked.
 */
export async function startDemoApi(
  transact: Transact,
  options: DemoApiOptions,
): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    answer(request, transact, options)
      .catch((thrown: unknown) => failed(thrown))
      .then(({ status, body }) => send(response, status, body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('The demo API has no port.');
  return { url: `http://127.0.0.1:${address.port}`, server };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

function failed(thrown: unknown): Answer {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { status: 500, body: { detail: `Failed to resume flow: ${message}` } };
}

const PATH = /^\/api\/v1\/discovery\/flow\/([0-9a-f-]{36})\/(resume|resume-intelligent)$/;

async function answer(request: IncomingMessage, transact: Transact, options: DemoApiOptions): Promise<Answer> {
  const path = PATH.exec(request.url ?? '');
  if (!path || request.method !== 'POST') return notFound('Not Found');
  const [, flowId = '', endpoint] = path;
  if (endpoint === 'resume-intelligent' && !options.intelligent) return notFound('Not Found');
  const body = Body.safeParse(JSON.parse((await text(request)) || '{}'));
  if (!body.success) return { status: 422, body: { detail: body.error.issues } };
  return transact(async (run) => {
    const flow = await find(run, options, flowId, request.headers);
    if (!flow) return notFound(`Flow ${flowId} not found`);
    if (flow.status === 'deleted') return { status: 400, body: { detail: 'Cannot resume a deleted flow' } };
    const act = endpoint === 'resume' ? standard : intelligent;
    return act({ run, schema: options.schema, flowId, flow, body: body.data });
  });
}

interface Call {
  readonly run: (text: string, parameters?: unknown[]) => Promise<unknown[]>;
  readonly schema: string;
  readonly flowId: string;
  readonly flow: Flow;
  readonly body: Body;
}

async function standard(call: Call): Promise<Answer> {
  const { flow, flowId, body } = call;
  const resumed = { success: true, flow_id: flowId, status: 'resumed' };
  if (flow.master_status === null) {
    await markProcessing(call);
    return { status: 200, body: { ...resumed, message: 'Flow resumed', method: 'legacy_crewai_service' } };
  }
  const approvable = ['processing', 'running', 'waiting_for_approval'].includes(flow.master_status);
  if (approvable && flow.mentions_mapping) {
    if (body.approval) await approve(call, body.field_mappings ?? {});
    return {
      status: 200,
      body: {
        ...resumed,
        message: 'Field mapping approved',
        next_phase: 'data_cleansing',
        current_phase: 'field_mapping_approval',
        method: 'phase_controller',
      },
    };
  }
  return { status: 200, body: { ...resumed, message: 'Flow resumed', method: 'master_flow_orchestrator' } };
}

async function intelligent(call: Call): Promise<Answer> {
  const { flow, flowId, body } = call;
  const strategy = body.action === 'auto' || body.action === undefined ? strategyOf(flow) : 'none';
  const said = (flow_status: string, more: object = {}) => ({
    success: true,
    flow_id: flowId,
    message: `Flow resumed: ${strategy}`,
    strategy: {
      action: body.action ?? 'auto',
      strategy,
      from_phase: flow.current_phase,
      raw_data_available: flow.raw_count > 0,
      raw_data_count: flow.raw_count,
    },
    flow_status,
    ...more,
  });
  if (body.action === 'regenerate' && waits(flow)) {
    return { status: 200, body: { ...said(flow.status), message: 'Regeneration triggered' } };
  }
  if (strategy === 'approve_field_mappings') {
    const mappings = body.field_mappings ?? (flow.field_mappings as Record<string, unknown> | null);
    if (!mappings || Object.keys(mappings).length === 0) {
      return { status: 400, body: { detail: 'No field mappings to approve' } };
    }
    await approve(call, mappings);
    return { status: 200, body: said('processing', { next_phase: 'data_cleansing' }) };
  }
  if (strategy === 'already_completed') return { status: 200, body: said('completed') };
  if (strategy === 'restart_from_raw_data' || body.force_restart) {
    return { status: 500, body: { detail: 'Failed to resume flow: the demo does not restart flows' } };
  }
  await markProcessing(call);
  return { status: 200, body: said('processing', { current_phase: flow.current_phase }) };
}

function waits(flow: Flow): boolean {
  return ['paused', 'waiting_for_approval', 'waiting_for_user_approval'].includes(flow.status);
}

function strategyOf(flow: Flow): string {
  if (waits(flow) && flow.current_phase === 'field_mapping') return 'approve_field_mappings';
  if (flow.status === 'completed') return 'already_completed';
  if (flow.raw_count > 0 && !flow.data_import_completed) return 'restart_from_raw_data';
  if (flow.data_import_completed && !flow.field_mapping_completed) return 'resume_field_mapping';
  if (flow.field_mapping_completed && !flow.data_cleansing_completed) return 'resume_data_cleansing';
  return 'continue_from_current';
}

async function approve({ run, schema, flowId, flow }: Call, mappings: Record<string, unknown>): Promise<void> {
  const stored = flow.field_mappings as Record<string, unknown> | null;
  await run(
    `update ${schema}.discovery_flows set field_mapping_completed = true, current_phase = 'data_cleansing',
       status = 'processing', progress_percentage = 33.3, field_mappings = $2::json, updated_at = now()
     where flow_id = $1`,
    [flowId, JSON.stringify({ ...stored, ...mappings })],
  );
  await run(
    `update ${schema}.crewai_flow_state_extensions set flow_status = 'processing', updated_at = now(),
       flow_persistence_data = flow_persistence_data || '{"current_phase": "data_cleansing"}' where flow_id = $1`,
    [flowId],
  );
}

async function markProcessing({ run, schema, flowId }: Call): Promise<void> {
  await run(`update ${schema}.discovery_flows set status = 'processing', updated_at = now() where flow_id = $1`, [
    flowId,
  ]);
}

async function find(
  run: Call['run'],
  { schema, linkColumn }: DemoApiOptions,
  flowId: string,
  headers: IncomingMessage['headers'],
): Promise<Flow | undefined> {
  const [row] = await run(
    `select c.status, c.current_phase, c.field_mappings, c.data_import_completed, c.field_mapping_completed,
       c.data_cleansing_completed, m.flow_status as master_status,
       coalesce(m.flow_persistence_data::text ~ 'field_mapping|attribute_mapping', false) as mentions_mapping,
       (select count(*)::int from ${schema}.raw_import_records r
          join ${schema}.data_imports i on i.id = r.data_import_id where i.master_flow_id = m.${linkColumn}) as raw_count
     from ${schema}.discovery_flows c left join ${schema}.crewai_flow_state_extensions m on m.flow_id = c.flow_id
     where c.flow_id = $1 and c.client_account_id::text = $2 and c.engagement_id::text = $3`,
    [flowId, headers['x-client-account-id'] ?? '', headers['x-engagement-id'] ?? ''],
  );
  return row === undefined ? undefined : Flow.parse(row);
}

function notFound(detail: string): Answer {
  return { status: 404, body: { detail } };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY) throw new Error('the body is too large');
  }
  return body;
}
