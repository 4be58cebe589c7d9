import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Where a process's usage is read from: Linux alone has it. */
export const processes = '/proc'

/** Returns a reader of the CPU time, in microseconds, that a process and all its threads have used. */
export function createCpuReader(): (pid: number) => number {
  const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

  return function cpuMicroseconds(pid) {
    const stat = readFileSync(`${processes}/${pid}/stat`, 'utf8')
    // proc_pid_stat(5): utime and stime are fields 14 and 15; the name, field 2, may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6
  }
}

/** Returns the memory that a process has resident now, in MB (10^6 bytes). */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`${processes}/${pid}/status`, 'utf8')
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6
}
