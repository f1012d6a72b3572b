/**
 * Sources import each other as `./x.js`, the name that the compiler writes; the tests run on the sources themselves. Files of
 * dependencies are left alone.
 *
 * @param {string} request
 * @param {{ basedir: string, defaultResolver: (request: string, options: object) => string }} options
 * @returns {string}
 */
module.exports = (request, options) => {
  if (/^\.{1,2}\/.*\.js$/.test(request) && !options.basedir.includes('node_modules')) {
    for (const extension of ['.ts', '.tsx']) {
      try {
        return options.defaultResolver(request.replace(/\.js$/, extension), options);
      } catch {
        // The next one, then as it was written.
      }
    }
  }
  return options.defaultResolver(request, options);
};
