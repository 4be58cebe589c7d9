/** A reporter of Jest that prints the failed tests as JSON. `--json` cannot print errors that contain documents. */
export default class {
  onRunComplete(_, { numPassedTests, testResults }) {
    const failures = testResults
      .flatMap(({ testResults }) => testResults)
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({ test: fullName, message: failureMessages.join('\n') }))
    const brokenFiles = testResults.filter((one) => one.testExecError).map((one) => one.testFilePath)
    process.stdout.write(JSON.stringify({ passedCount: numPassedTests, brokenFiles, failures }))
  }
}
