/** Stands in for react-devtools-core, which Ink imports for its own development only. */
export default { initialize() {}, connectToDevTools() {} };
