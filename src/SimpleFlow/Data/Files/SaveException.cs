namespace SimpleFlow;

/// <summary>Thrown when something cannot be saved: the disk is full or fails, or writing there is not allowed. What was saved there before
/// is unchanged, and what was to be saved is still in memory.</summary>
public sealed class SaveException : SimpleFlowException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">What could not be written.</param>
    /// <param name="cause">Why.</param>
    public SaveException(string path, Exception cause)
        : base($"{path} cannot be saved: {cause?.Message.TrimEnd('.')}. What was there before is unchanged. Make room on the disk, or "
            + "choose another place, and save again.", cause) => Path = path;

    private SaveException(string path, string message) : base(message) => Path = path;

    /// <summary>The error that something is not written because it could not be read back.</summary>
    /// <param name="path">What was to be written.</param>
    /// <param name="why">Why, as the rest of a sentence.</param>
    internal static SaveException Unreadable(string path, string why) =>
        new(path, $"{path} is not saved, because it could not be loaded again: {why}. What was there before is unchanged.");

    /// <summary>Creates the error with its message.</summary>
    public SaveException(string message) : base(message) { }

    /// <summary>Creates the error without a message.</summary>
    public SaveException() { }

    /// <summary>What could not be written.</summary>
    public string? Path { get; }
}
