using System.Text;

namespace SimpleFlow;

/// <summary>
/// The one way to save anything: into a file of another name in the same folder, flushed to the disk, then moved over the old
/// one. A reader sees the old file or the new one, and never a part of one, whatever ends the process. A link stays one, and who may read
/// the file stays the same. (.NET cannot flush a folder, so the power may fail before the move itself reaches the disk; then the old file
/// is there.)
/// </summary>
public static class WholeFile
{
    private const string Ending = ".tmp";

    /// <summary>Writes a file; its folder is created.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes all of it.</param>
    /// <exception cref="SaveException">It cannot be written; the old one is unchanged, and nothing is left beside it.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Write(path, write, FileLayer.Disk);
    }

    /// <inheritdoc cref="Write(string, Action{Stream})"/>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes all of it.</param>
    /// <param name="files">Where.</param>
    internal static void Write(string path, Action<Stream> write, FileLayer files)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var beside = "";
        var isBegun = false;
        try
        {
            // A link stays a link, to the new content.
            var whole = files.Target(Path.GetFullPath(path));
            if (files.Device(whole) is { } device)
            {
                using (device) write(device);
                return;
            }
            beside = $"{whole}.{Guid.NewGuid():N}{Ending}";
            files.CreateFolder(Path.GetDirectoryName(whole) ?? whole);
            using (var file = files.Create(beside, files.ModeOf(whole)))
            {
                isBegun = true;
                write(file);
                files.Flush(file);
            }
            files.Move(beside, whole);
        }
        catch (Exception exception)
        {
            if (isBegun) TryDelete(files, beside);
            if (IsOfFiles(exception)) throw new SaveException(path, exception);
            throw;
        }
    }

    /// <summary>Writes a file of text, in UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">All of it.</param>
    /// <exception cref="SaveException">It cannot be written; the old one is unchanged, and nothing is left beside it.</exception>
    public static void Write(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, file => file.Write(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>The file that <see cref="Write(string, Action{Stream})"/> writes for a path: what a link leads to, over any number of
    /// links, whether it is there yet or not.
    /// Null for devices and what processes have open, such as <c>/dev/stdout</c>.</summary>
    /// <exception cref="IOException">The links lead nowhere.</exception>
    public static string? Target(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var file = FileLayer.Disk.Target(Path.GetFullPath(path));
        return FileLayer.IsOfSystem(file) ? null : file;
    }

    /// <summary>Removes what a killed process had begun to write.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="pattern">The names of the whole files.</param>
    /// <param name="files">Where.</param>
    internal static void RemoveUnfinished(string folder, string pattern, FileLayer files)
    {
        foreach (var begun in TryList(files, folder, $"{pattern}.*{Ending}")) TryDelete(files, begun);
    }

    /// <summary>Deletes a file that is no longer needed. One that cannot be deleted only takes room on the disk: it stays, and the next
    /// call tries again.</summary>
    internal static void TryDelete(FileLayer files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (Exception exception) when (IsOfFiles(exception)) { }
    }

    /// <summary>The files of a folder; none if it cannot be read.</summary>
    internal static IReadOnlyList<string> TryList(FileLayer files, string folder, string pattern)
    {
        try
        {
            return files.List(folder, pattern);
        }
        catch (Exception exception) when (IsOfFiles(exception))
        {
            return [];
        }
    }

    /// <summary>Whether an error comes from files, which may fail at any time, and not from the program.</summary>
    internal static bool IsOfFiles(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
