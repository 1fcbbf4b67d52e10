using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace SimpleFlow;

/// <summary>
/// A file in a folder that trainings are saved into, which says who saves there: two at once would delete each other's checkpoints, and both would say that all was saved.
/// It names process, host and time. What a process leaves that was killed is recognised on the same host, and taken over.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    public const string FileName = "training.lock";

    // Every attempt but the last meets a lock that goes away.
    private const int Attempts = 20;
    private const int LongestText = 4096;

    // The system tells when a process began to a hundredth of a second, from a clock that is set now and then.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    // What this process holds, as the system has a table of what it runs: a lock of its own that is not here was left where the disk did not let go of it.
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
        var beside = $"{Path.GetFullPath(path)}.{id}.tmp";
        var isBegun = false;
        try
        {
            files.CreateFolder(folder);
            using (var file = files.Create(beside))
            {
                isBegun = true;
                file.Write(StrictUtf8.Encoding.GetBytes(Owner.Here(id).ToString()));
            }
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    Held[id] = path;
                    files.MoveNew(beside, path);
                    return new FolderLock(path, id, files);
                }
                catch (IOException) when (attempt < Attempts && File.Exists(path))
                {
                    Held.TryRemove(id, out _);
                    if (Owner.Of(path) is { } owner && !owner.IsGone) throw new SaveException($"{folder} is in use: {owner.Words} saves a training there. Wait until it ends, or save in another folder. If it does not run any more, delete {path}.");
                    MoveAway(path, files);
                }
            }
        }
        catch (Exception exception)
        {
            Held.TryRemove(id, out _);
            if (isBegun) WholeFile.TryDelete(files, beside);
            if (WholeFile.IsOfFiles(exception)) throw new SaveException(path, exception);
            throw;
        }
    }

    /// <summary>Lets go of the folder.</summary>
    public void Dispose()
    {
        if (!Held.TryRemove(_id, out _)) return;
        // Not what somebody took over who thought that this process was gone.
        if (Owner.Of(_path)?.Id == _id) WholeFile.TryDelete(_files, _path);
    }

    // Another process may do the same, and then take the lock: what was moved away must be what was left, and no lock that is in use.
    private static void MoveAway(string path, FileLayer files)
    {
        var away = $"{Path.GetFullPath(path)}.{Guid.NewGuid():N}.tmp";
        try
        {
            files.MoveNew(path, away);
        }
        catch (FileNotFoundException)
        {
            return;
        }
        if (Owner.Of(away) is { } owner && !owner.IsGone) files.MoveNew(away, path);
        else WholeFile.TryDelete(files, away);
    }

    /// <summary>Who holds a lock, as a line of words for each thing.</summary>
    private sealed record Owner(int Process, string Host, DateTime? Started, string Id)
    {
        public static Owner Here(string id) => new(Environment.ProcessId, Environment.MachineName, StartOf(Environment.ProcessId), id);

        public string Words => Process == Environment.ProcessId && Host == Environment.MachineName ? "this process" : $"process {Process} on {Quotation.Of(Host)}";

        /// <summary>Whether it is known not to run any more. What runs on another host cannot be seen from here.</summary>
        public bool IsGone => Host == Environment.MachineName && (Process == Environment.ProcessId
            ? !Held.ContainsKey(Id)
            : !Runs(Process) || (Started is { } then && StartOf(Process) is { } now && (then - now).Duration() > Tolerance));

        /// <summary>Who wrote a file; null where there is none, or where it is not what this class writes.</summary>
        public static Owner? Of(string path)
        {
            try
            {
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                var bytes = new byte[LongestText];
                var lines = System.Text.Encoding.UTF8.GetString(bytes, 0, file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Split('\n');
                var said = lines.Select(line => line.Split(": ", 2)).Where(parts => parts.Length == 2).DistinctBy(parts => parts[0], StringComparer.Ordinal).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
                return int.TryParse(said.GetValueOrDefault("process"), NumberStyles.None, CultureInfo.InvariantCulture, out var process) && said.TryGetValue("host", out var host) && said.TryGetValue("id", out var id)
                    ? new Owner(process, host, DateTime.TryParse(said.GetValueOrDefault("started"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var started) ? started : null, id)
                    : null;
            }
            catch (Exception exception) when (WholeFile.IsOfFiles(exception))
            {
                return null;
            }
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
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException or IOException)
            {
                return null;
            }
        }
    }
}
