import { Box } from 'ink';
import { configurationNotices, connectionName, type Session } from '../../shared/index.ts';
import { FleetList } from './fleet-list.tsx';
import { FlowDetail } from './flow-detail.tsx';
import { Header } from './header.tsx';
import { keyBarLine } from './lines/key-bar-line.ts';
import { PanelView } from './panel-view.tsx';
import type { Access } from './state.ts';
import { StatusLine } from './status-line.tsx';
import { StyledLine } from './styled-line.tsx';
import { useDashboard } from './use-dashboard.ts';

/** The whole screen, top to bottom, in the order in which a tired person reads. */
export function Dashboard({ session, access }: { session: Session; access: Access }) {
  const { state, layout } = useDashboard(session, access);
  const { production, database, configuration } = session.settings;
  return (
    <Box flexDirection="column" width={layout.width} height={layout.height} overflow="hidden">
      <Header
        state={state}
        layout={layout}
        database={database.readLabel}
        configured={configurationNotices(configuration)}
        production={production ? connectionName(session.settings) : undefined}
      />
      {state.panel || state.help ? (
        <PanelView state={state} layout={layout} />
      ) : (
        <>
          <FleetList state={state} layout={layout} />
          <FlowDetail state={state} layout={layout} />
        </>
      )}
      <StatusLine state={state} width={layout.width} />
      <StyledLine line={keyBarLine(state, layout.width)} />
    </Box>
  );
}
