import { approvalsOf, type ResumeCall, visible } from '../../shared/index.ts';

/** The very request that would be sent, for review before it is: without the token, mapping by mapping. */
export function callText({ method, path, headers, body, now, endpoint }: ResumeCall, api: string): string {
  const approvals = approvalsOf({ body });
  const { field_mappings: _, ...rest } = body;
  return [
    `${method} ${visible(api)}${path}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${visible(value)}`),
    '',
    `The ${endpoint} endpoint: ${visible(now.because)}`,
    '',
    approvals.length === 0 ? 'Approves nothing.' : `Approves ${approvals.length} field mappings:`,
    ...approvals.map(({ source, target, confidence }) => {
      const sure = confidence === undefined ? '' : `  confidence ${visible(confidence)}`;
      return `  ${visible(source)} → ${visible(target)}${sure}`;
    }),
    '',
    `with ${visible(JSON.stringify(rest), 4_000)}`,
    '',
  ].join('\n');
}
