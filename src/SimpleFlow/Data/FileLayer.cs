namespace SimpleFlow;

/// <summary>What saving asks of the file system, call by call, so that a test can let any of them fail.</summary>
internal class FileLayer
{
    public static FileLayer Disk { get; } = new();

    public virtual void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <summary>A new file; there must be none of that name.</summary>
    public virtual Stream Create(string path) => new FileStream(path, FileMode.CreateNew, FileAccess.Write);

    /// <summary>Waits until all that was written is on the disk.</summary>
    public virtual void Flush(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <summary>Gives a file another name, at once and in place of the file that has it.</summary>
    public virtual void Move(string from, string to) => File.Move(from, to, overwrite: true);

    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>The files of a folder whose names match; none where there is no folder.</summary>
    public virtual IReadOnlyList<string> List(string folder, string pattern) => Directory.Exists(folder) ? Directory.GetFiles(folder, pattern) : [];
}
