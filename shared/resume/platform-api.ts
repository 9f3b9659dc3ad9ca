import { z } from 'zod';
import { Failure } from '../failure.ts';
import type { ApiSettings } from '../settings/settings.ts';
import type { ResumeCall } from './calls.ts';

/** Fields that every install answers with; the rest differs and is shown, not relied on. */
export const ApiAnswer = z.looseObject({
  success: z.boolean().optional(),
  message: z.string().optional(),
  status: z.string().optional(),
  flow_status: z.string().optional(),
  next_phase: z.string().nullish(),
  current_phase: z.string().nullish(),
  method: z.string().optional(),
});
export type ApiAnswer = z.infer<typeof ApiAnswer>;

export type ApiOutcome =
  | { kind: 'answered'; answer: ApiAnswer }
  /** 404: the install has no such endpoint, or no such flow in this tenant. The two look the same. */
  | { kind: 'not found'; detail: string };

export interface PlatformApi {
  /** Host and path for people. */
  readonly label: string;
  /**
   * Sends one resume call exactly as it was shown, plus the token.
   * @throws Failure `api-unreachable`, `api-timeout`, `api-refused` (with the detail), `api-answer` (no JSON object)
   */
  send(call: ResumeCall): Promise<ApiOutcome>;
}

/** An answer of a resume endpoint is small; more is not read. */
const MOST_DETAIL = 300;

export function openPlatformApi(api: ApiSettings): PlatformApi {
  return {
    label: api.url,
    async send(call) {
      const { status, text } = await post(api, call);
      const json = jsonOf(text);
      if (status === 404) return { kind: 'not found', detail: detailOf(json, text, api) };
      if (status < 200 || status > 299) {
        throw new Failure('api-refused', `The platform answered ${status}: ${detailOf(json, text, api)}`, {
          next:
            status === 401 || status === 403
              ? 'Check FLOWMEND_API_TOKEN.'
              : 'The flow was not resumed. See the log of the platform.',
        });
      }
      const answer = ApiAnswer.safeParse(json);
      if (!answer.success) {
        throw new Failure('api-answer', `The platform answered ${status} with something that is no resume answer.`, {
          next: 'Check that FLOWMEND_API_URL points to the platform, not to its frontend.',
        });
      }
      if (answer.data.success === false) {
        throw new Failure('api-refused', `The platform did not resume it: ${detailOf(json, text, api)}`);
      }
      return { kind: 'answered', answer: answer.data };
    },
  };
}

async function post(api: ApiSettings, call: ResumeCall): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(`${api.url}${call.path}`, {
      method: call.method,
      headers: {
        ...call.headers,
        'Content-Type': 'application/json',
        Accept: 'application/json',
        ...(api.token ? { Authorization: `Bearer ${api.token.reveal()}` } : {}),
      },
      body: JSON.stringify(call.body),
      // A redirect would carry the token and the approval somewhere else.
      redirect: 'manual',
      signal: AbortSignal.timeout(api.timeoutMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (thrown) {
    if (thrown instanceof Error && thrown.name === 'TimeoutError') {
      throw new Failure('api-timeout', `The platform did not answer within ${api.timeoutMs / 1000} s.`, {
        next: 'It may still act on the call: watch the flow before you try again.',
        cause: thrown,
      });
    }
    const cause = thrown instanceof Error ? (thrown.cause as { code?: string } | undefined) : undefined;
    throw new Failure(
      'api-unreachable',
      `The platform at ${api.url} cannot be reached${cause?.code ? ` (${cause.code})` : ''}.`,
      {
        next: 'Check FLOWMEND_API_URL and that the platform is up. Nothing was resumed.',
        cause: thrown,
      },
    );
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** FastAPI answers errors as `{"detail": …}`. The token is taken out should the platform repeat it. */
function detailOf(json: unknown, text: string, api: ApiSettings): string {
  const named = z.looseObject({ detail: z.unknown().optional(), message: z.unknown().optional() }).safeParse(json);
  const detail = named.success ? (named.data.detail ?? named.data.message ?? text) : text;
  const line = (typeof detail === 'string' ? detail : JSON.stringify(detail)).replaceAll(/\s+/g, ' ').trim();
  const short = line.length > MOST_DETAIL ? `${line.slice(0, MOST_DETAIL)}…` : line || 'nothing';
  return api.token ? api.token.hideIn(short) : short;
}
