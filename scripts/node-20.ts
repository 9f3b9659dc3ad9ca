// What Node 20 lacks of the language and the bundles call, Ink's calls included. Elsewhere these change nothing.
import 'core-js/actual/map/group-by.js';
import 'core-js/actual/object/group-by.js';
import 'core-js/actual/promise/with-resolvers.js';
