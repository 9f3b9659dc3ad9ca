import {
  closeSoon,
  diagnose,
  diagnosisText,
  openDemo,
  openSession,
  planRepair,
  planText,
  STUCK_FLOW_ID,
  settingsFrom,
} from '../../shared/index.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';

export const demoCommand: Command = {
  argument: '',
  argumentAbout: '',
  options: [],
  async run({ output, interactive }, _argument, { kind }) {
    const demo = await openDemo();
    try {
      const shows = interactive && !output.json ? 'the dashboard' : 'the stuck flow';
      const ofKind = shows === 'the dashboard' && typeof kind === 'string' ? { FLOWMEND_KIND: kind } : {};
      const session = await openSession(settingsFrom({ ...demo.environment, ...ofKind }));
      try {
        if (shows === 'the dashboard') {
          const { openDashboard } = await import('../dashboard/open-dashboard.tsx');
          await openDashboard({
            database: session.settings.database.readLabel,
            open: async () => session,
            write: true,
            kind: 'demo',
          });
        } else {
          const { diagnosis, facts } = await diagnose(session, STUCK_FLOW_ID);
          output.lines([...diagnosisText(diagnosis), [], ...planText(planRepair(session, facts))]);
          output.document('diagnose', diagnosis);
        }
      } finally {
        await closeSoon(session);
      }
    } finally {
      await demo.close();
    }
    return exitCodes.done;
  },
};
