import { Box } from 'ink';
import { configurationNotices, connectionName, type Session } from '../../../shared/index.ts';
import type { Place } from '../lines/header-lines.ts';
import { keyBarLine } from '../lines/key-bar-line.ts';
import { type Leaving, useDashboard } from '../loop/use-dashboard.ts';
import type { Access } from '../state/state.ts';
import type { DrawnPanel } from './drawn-panel.ts';
import { FleetList } from './fleet-list.tsx';
import { FlowDetail } from './flow-detail.tsx';
import { Header } from './header.tsx';
import { PanelView } from './panel-view.tsx';
import { StatusLine } from './status-line.tsx';
import { StyledLine } from './styled-line.tsx';

interface DashboardProps {
  readonly session: Session;
  readonly access: Access;
  readonly kind: Place['kind'];
  readonly drawn: DrawnPanel;
  /** Keys that were typed before it was there. */
  readonly typed: readonly string[];
  readonly leaving: Leaving;
}

/** The whole screen, top to bottom, in the order in which a tired person reads. */
export function Dashboard({ session, access, kind, drawn, typed, leaving }: DashboardProps) {
  const { state, layout } = useDashboard({ session, access, drawn, typed, leaving });
  const { production, database, configuration } = session.settings;
  return (
    <Box flexDirection="column" width={layout.width} height={layout.height} overflow="hidden">
      <Header
        state={state}
        layout={layout}
        place={{
          // The list may come from a replica; what a panel is about is read and written where the truth is.
          database: state.panel ? database.label : database.readLabel,
          production: production ? connectionName(session.settings) : undefined,
          kind,
        }}
        configured={configurationNotices(configuration)}
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
