import type { Handler } from '../loop/handler.ts';
import { follow } from './follow.ts';

/** Someone who presses the key waits for as long as it takes; Esc ends it. */
const TIMEOUT_MS = 600_000;

/** Follows the flow until it moves. */
export const followFlow: Handler = (work) => follow(work, { timeoutMs: TIMEOUT_MS });
