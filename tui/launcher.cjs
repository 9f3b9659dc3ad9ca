#!/usr/bin/env node
// The command as npm links it: plain enough that the oldest Node can read it and say why it does not start.
if (parseInt(process.versions.node, 10) < 20) {
  console.error('flowmend: this is Node %s; Flowmend needs Node 20 or newer.', process.versions.node);
  process.exitCode = 2;
} else {
  import('./flowmend.js');
}
