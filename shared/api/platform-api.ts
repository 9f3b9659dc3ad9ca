import { z } from 'zod';
import { Failure } from '../failure.ts';
import { Secret } from '../secrets/secret.ts';
import { ways } from '../words/ways.ts';
import type { ApiSettings } from './api-settings.ts';
import { boundedBody } from './bounded-body.ts';
import { networkFailure, WATCH_FIRST } from './network-failure.ts';

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

type ApiOutcome =
  | { kind: 'answered'; answer: ApiAnswer }
  /** 404: the install has no such endpoint, or no such flow in this tenant. The two look the same. */
  | { kind: 'not found'; detail: string };

/** A request to the platform as it is shown, without the token. */
interface ApiCall {
  readonly method: 'POST';
  /** Below the address of the API. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PlatformApi {
  /** Host and path for people. */
  readonly label: string;
  /**
   * Sends one resume call exactly as it was shown, plus the token.
   * @throws Failure `api-unreachable` (nothing was sent), `api-cut-off` and `api-timeout` (it may have acted),
   * `api-refused` (with the detail), `api-answer` (no JSON object, or a large one)
   */
  send(call: ApiCall): Promise<ApiOutcome>;
}

/** Longest detail of an error that is shown. */
const MAX_DETAIL = 300;

const NO_TOKEN = new Secret('');

export function openPlatformApi(api: ApiSettings): PlatformApi {
  return {
    label: api.url,
    async send(call) {
      const { status, body } = await post(api, call);
      if (status === 404) return { kind: 'not found', detail: detailOf(body) };
      if (status < 200 || status > 299) {
        throw new Failure('api-refused', `The platform answered ${status}: ${detailOf(body)}`, {
          next:
            status === 401 || status === 403
              ? `Check ${ways().apiToken}.`
              : status >= 500
                ? `${WATCH_FIRST} See the log of the platform.`
                : 'The flow was not resumed. See the log of the platform.',
        });
      }
      const answer = ApiAnswer.safeParse(body);
      if (!answer.success) {
        throw new Failure('api-answer', `The platform answered ${status} with something that is no resume answer.`, {
          next: `Check that ${ways().apiAddress} points to the platform, not to its frontend.`,
        });
      }
      if (answer.data.success === false) {
        throw new Failure('api-refused', `The platform did not resume it: ${detailOf(body)}`);
      }
      return { kind: 'answered', answer: answer.data };
    },
  };
}

/** What the platform answered: JSON, or a text where it is none. The token is taken out should the platform repeat it. */
async function post(api: ApiSettings, call: ApiCall): Promise<{ status: number; body: unknown }> {
  const { token = NO_TOKEN } = api;
  const { status, text } = await exchange(api, call);
  if (text === undefined) {
    throw new Failure('api-answer', `The platform answered ${status} with more than any resume answer is long.`, {
      next: WATCH_FIRST,
    });
  }
  return { status, body: token.hideInJson(jsonOr(text)) };
}

async function exchange(api: ApiSettings, call: ApiCall): Promise<{ status: number; text: string | undefined }> {
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
    return { status: response.status, text: await boundedBody(response) };
  } catch (thrown) {
    throw networkFailure(thrown, api);
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** FastAPI answers errors as `{"detail": …}`. */
function detailOf(body: unknown): string {
  const named = z.looseObject({ detail: z.unknown().optional(), message: z.unknown().optional() }).safeParse(body);
  const detail = named.success ? (named.data.detail ?? named.data.message ?? body) : body;
  const line = (typeof detail === 'string' ? detail : JSON.stringify(detail)).replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line || 'nothing';
}
