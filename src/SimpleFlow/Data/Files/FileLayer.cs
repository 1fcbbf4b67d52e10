namespace SimpleFlow;

/// <summary>The calls of the file system that saving uses, so that a test can make any of them fail.</summary>
internal class FileLayer
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    public static FileLayer Disk { get; } = new();

    public virtual void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>A new file; there must be none of that name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Who may read and write it; the system's default if null.</param>
    public virtual Stream Create(string path, UnixFileMode? mode = null)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (mode is null || OperatingSystem.IsWindows()) return new FileStream(path, options);
        // At no time may more people read it than may read it in the end. What the system removes from a new file's mode is restored
        // afterwards.
        options.UnixCreateMode = mode;
        var file = new FileStream(path, options);
        File.SetUnixFileMode(file.SafeFileHandle, mode.Value);
        return file;
    }

    /// <summary>Waits until all that was written is on the disk.</summary>
    public virtual void Flush(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <summary>Gives a file another name, at once and in place of the file that has it.</summary>
    public virtual void Move(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Opens or creates a file to read and write it, while nobody else has it open.</summary>
    /// <exception cref="IOException">Somebody has.</exception>
    // Windows deletes an open file only if deletion is shared; elsewhere, sharing anything does not keep others out.
    public virtual Stream OpenAlone(string path) =>
        new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None);

    /// <summary>The file that a path means: what a link leads to, over any number of links, whether it is there yet or not.
    /// What the system keeps in /dev leads to no file: <c>/dev/stdout</c> may be a pipe.</summary>
    public virtual string Target(string path)
    {
        for (var links = 0; !IsOfSystem(path) && new FileInfo(path).LinkTarget is not null; links++)
        {
            if (links == MostLinks) throw new IOException($"{path}: more than {MostLinks} links lead from one to the next.");
            path = File.ResolveLinkTarget(path, returnFinalTarget: false)!.FullName;
        }
        return path;
    }

    /// <summary>Who may read and write a file; null if there is none, or the system does not say.</summary>
    public virtual UnixFileMode? ModeOf(string path) =>
        OperatingSystem.IsWindows() || !File.Exists(path) ? null : File.GetUnixFileMode(path);

    /// <summary>The stream to write to if a path names a pipe or a device, which must be written into and not replaced; null for a
    /// file.</summary>
    public virtual Stream? Device(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        // What is already open is continued after what the process has written: if it were opened again, writing would start at its
        // beginning.
        if (IsOutput(path)) return Console.OpenStandardOutput();
        if (path is "/dev/stderr" or "/dev/fd/2" or "/proc/self/fd/2") return Console.OpenStandardError();
        if (!File.Exists(path)) return null;
        var isDevice = IsOfSystem(path);
        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception exception) when (WholeFile.IsOfFiles(exception) && !isDevice)
        {
            // Even a file that nobody may write into can be replaced.
            return null;
        }
        if (isDevice || !stream.CanSeek) return stream;
        stream.Dispose();
        return null;
    }

    /// <summary>Whether a path means the standard output.</summary>
    public static bool IsOutput(string path) => path is "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1";

    /// <summary>Whether the system keeps no files there, but devices and what processes have open. (In /dev/shm there are files.)</summary>
    public static bool IsOfSystem(string path)
    {
        return !OperatingSystem.IsWindows() && !IsIn("/dev/shm/") && (IsIn("/dev/") || IsIn("/proc/"));

        bool IsIn(string folder) => path.StartsWith(folder, StringComparison.Ordinal);
    }

    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>The files of a folder whose names match; none if there is no folder.</summary>
    public virtual IReadOnlyList<string> List(string folder, string pattern) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];
}
