namespace SimpleFlow.Cli;

/// <summary>Files that are written when all is done, and must not fail then.</summary>
internal static class WritableFile
{
    /// <summary>Finds out, before anything is trained, whether the file can be written. Leaves nothing behind but its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What shall be written there, for the message.</param>
    /// <exception cref="IOException">It cannot.</exception>
    public static void Check(string path, string what)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            if (File.Exists(path)) using (new FileStream(path, FileMode.Open, FileAccess.Write)) { }
            // Beside it, so that a kill at this moment leaves no empty file in its name.
            else using (new FileStream($"{path}.{Guid.NewGuid():N}.tmp", FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose)) { }
            if (Directory.Exists(path)) throw new IOException("It is a folder.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: the {what} cannot be written there. {exception.Message}", exception);
        }
    }
}
