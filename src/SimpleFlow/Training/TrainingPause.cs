namespace SimpleFlow;

/// <summary>Why a training pauses between two steps.</summary>
public enum TrainingPause
{
    /// <summary>A step was made, and it was not the last of its epoch.</summary>
    Step,

    /// <summary>An epoch was made, with all that belongs to it.</summary>
    Epoch,

    /// <summary>The training was cancelled, and ends.</summary>
    Cancelled,
}
