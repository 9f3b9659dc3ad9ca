import { locate } from '../../../shared/index.ts';
import type { Handler } from '../loop/handler.ts';

/** Shows every table and column that holds the flow's id. */
export const showLocations: Handler = async ({ session, flowId, show }) => {
  show({ kind: 'locations', flowId, locations: await locate(session, flowId) });
};
