using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SimpleFlow;

/// <summary>
/// A lock file in a folder of checkpoints, which says who saves there: two processes at once would delete each other's checkpoints, and
/// both would report success. It names process, host and time. The lock of a killed process is recognised on the same host and taken over.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "training.lock";

    // Others hold the file only as long as it takes to write a few words.
    private const int Attempts = 100;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(5);
    private const int LongestText = 4096;

    // The system reports when a process began to a hundredth of a second, from a clock that is adjusted now and then.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    // The locks that this process holds: a lock of its own that is not listed here is left over because the disk failed to delete it.
    private static readonly ConcurrentDictionary<string, string> Held = new(StringComparer.Ordinal);

    private readonly FileLayer _files;
    private readonly string _path, _id;

    private FolderLock(string path, string id, FileLayer files) => (_path, _id, _files) = (path, id, files);

    /// <summary>Takes the lock of a folder, which is created.</summary>
    /// <exception cref="SaveException">Somebody else saves there, or nothing can be written there.</exception>
    public static FolderLock Take(string folder, FileLayer files)
    {
        var path = Path.Combine(folder, FileName);
        var id = Guid.NewGuid().ToString("N");
        Held[id] = path;
        try
        {
            files.CreateFolder(folder);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    using (var file = files.OpenAlone(path)) Sign(file, folder, path, id);
                    // Whoever had it before may have deleted the file that was just opened: then the lock is another file, or none.
                    if (Owner.Of(path)?.Id == id) return new FolderLock(path, id, files);
                }
                catch (IOException) when (attempt < Attempts && File.Exists(path)) { }
                if (attempt == Attempts) throw new IOException("Other processes keep taking and releasing it");
                if (attempt > 1) Thread.Sleep(BetweenAttempts);
            }
        }
        catch (Exception exception)
        {
            Held.TryRemove(id, out _);
            if (WholeFile.IsOfFiles(exception)) throw new SaveException(path, exception);
            throw;
        }
    }

    private static void Sign(Stream file, string folder, string path, string id)
    {
        var owner = Owner.Of(file);
        // Signed in an earlier attempt.
        if (owner?.Id == id) return;
        if (owner is { IsGone: false })
            throw new SaveException(
                $"{folder} is in use: {owner.Words} saves a training there. Wait until it ends, or save in another folder. If it does not "
                    + $"run any longer, delete {path}.");
        file.SetLength(0);
        file.Write(StrictUtf8.Encoding.GetBytes(Owner.Here(id).ToString()));
    }

    /// <summary>Whether it is still held.</summary>
    public bool IsHeld => Held.ContainsKey(_id);

    /// <summary>Releases the folder.</summary>
    public void Dispose()
    {
        if (!Held.TryRemove(_id, out _)) return;
        try
        {
            using var file = _files.OpenAlone(_path);
            // Not a lock that another process took over because it thought that this one was gone.
            if (Owner.Of(file)?.Id == _id) WholeFile.TryDelete(_files, _path);
        }
        catch (Exception exception) when (WholeFile.IsOfFiles(exception))
        {
            // If it cannot be removed, it says that its process has ended, or that the process no longer holds it.
        }
    }

    /// <summary>Who holds a lock, as a line of words for each thing.</summary>
    private sealed record Owner(int Process, string Host, DateTime? Started, string Id)
    {
        public static Owner Here(string id) => new(Environment.ProcessId, Environment.MachineName, StartOf(Environment.ProcessId), id);

        public string Words => Process == Environment.ProcessId && Host == Environment.MachineName ? "this process"
            : $"process {Process} on {Quotation.Of(Host)}";

        /// <summary>Whether it is known to have ended. Processes on another host cannot be seen from here.</summary>
        public bool IsGone => Host == Environment.MachineName && (Process == Environment.ProcessId
            ? !Held.ContainsKey(Id)
            : !Runs(Process) || (Started is { } then && StartOf(Process) is { } now && (then - now).Duration() > Tolerance));

        /// <summary>Who signed the file of a path; null if there is none.</summary>
        public static Owner? Of(string path)
        {
            try
            {
                // Whoever has it alone for a moment shares it with nobody.
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                return Of(file);
            }
            catch (Exception exception) when (WholeFile.IsOfFiles(exception))
            {
                return null;
            }
        }

        /// <summary>Who signed a file, which is left at its beginning; null if this class did not write it.</summary>
        public static Owner? Of(Stream file)
        {
            var bytes = new byte[LongestText];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            file.Position = 0;
            return Of(bytes.AsSpan(0, length));
        }

        private static Owner? Of(ReadOnlySpan<byte> bytes)
        {
            var said = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var parts in Encoding.UTF8.GetString(bytes).Split('\n').Select(line => line.Split(": ", 2))
                .Where(parts => parts.Length == 2))
                said[parts[0]] = parts[1];
            return int.TryParse(said.GetValueOrDefault("process"), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && said.TryGetValue("host", out var host) && said.TryGetValue("id", out var id)
                ? new Owner(process, host, DateTime.TryParse(said.GetValueOrDefault("started"), CultureInfo.InvariantCulture,
                    DateTimeStyles.RoundtripKind, out var started) ? started : null, id)
                : null;
        }

        public override string ToString() => $"process: {Process}\nhost: {Host}\nstarted: {Started:O}\nid: {Id}\n";

        private static bool Runs(int process)
        {
            try
            {
                using var one = System.Diagnostics.Process.GetProcessById(process);
                return !one.HasExited;
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                return false;
            }
            catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or NotSupportedException)
            {
                // It is there, and belongs to somebody else.
                return true;
            }
        }

        private static DateTime? StartOf(int process)
        {
            try
            {
                using var one = System.Diagnostics.Process.GetProcessById(process);
                return one.StartTime.ToUniversalTime();
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException
                or System.ComponentModel.Win32Exception or NotSupportedException or IOException)
            {
                return null;
            }
        }
    }
}
